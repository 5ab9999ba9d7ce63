"""Kesselhaus, Berlin: small things for the kitchen and the desk."""

from dataclasses import replace

from demo.catalogue.kinds import Call, Draft
from demo.drawing.appliances import Appliance
from demo.drawing.canvas import Camera
from demo.drawing.draw import View

TERMS = "The designer gets 4 % of every balance paid, for as long as we make the thing. Drafts that are not chosen stay yours."

QUIET = Appliance("gooseneck", "#2f5a50", grip="wood", base=True, reading="93", steams=True)
SAND = Appliance("gooseneck", "#efe8da", grip="wood", shape="b", finish="gloss", band="#c8793e")

KETTLE = Call(
    "kettle",
    "The quiet kettle",
    "An electric kettle that does not wake the flat. Under 58 dB at a metre, 0.9 litres, a lid that can be cleaned, and every wearing part for sale for fifteen years.\n\n"
    "We have a heating plate and a control board that we know how to make. Body, spout, handle and lid are yours. Show it standing and show us how it pours.",
    TERMS,
    (("Colour", ("Pine", "Porcelain")), ("Plug", ("EU", "UK"))),
    (
        Draft(
            "pine",
            "Pine, gooseneck with a beech handle",
            "A straight cone with a low spout: the steam escapes before it can whistle. The handle leaves the body at the top only, so no heat travels down.",
            "frieda",
            QUIET,
            "Dark green gooseneck kettle with a wooden handle on a black base showing 93 degrees",
            View("#d9dcd3", "#b98f63"),
            Camera(640, 500, 2.4),
            "Lid knob and the top of the wooden handle",
            revised=replace(QUIET, colour="#35695c", shape="a", band="#c9a15d", reading="96"),
            changed="The foot has a brass ring that covers the joint some of you called dirty. Spout 12 mm lower, measured noise 55 dB instead of 61.",
            pull=1.7,
            said=(
                ("gwen", "A cone keeps limescale in the corner. How do I get in there?"),
                ("frieda", "The base plate unscrews with a coin. Drawing 3 shows it."),
                ("kenji", "61 dB is not quiet. Lower the spout and it will be."),
                ("marta", "Revision 2 with the ring is so much better. It looks finished."),
            ),
        ),
        Draft(
            "porcelain",
            "Porcelain pot with a copper line",
            "Enamel on steel, soft shoulders, one line in copper where the water should stop.",
            "matteo",
            SAND,
            "Cream-coloured round gooseneck kettle with a copper line and a wooden handle",
            View("#e7ded2", "#caa37c"),
            revised=replace(SAND, band="#b5562f", base=True, reading="88"),
            changed="Electric base with a display, since that was in the brief and I had left it out. The copper line is deeper in colour.",
            pull=1.3,
            said=(
                ("priya", "It is lovely and it is not electric."),
                ("matteo", "You are right. Next revision."),
            ),
        ),
        Draft(
            "brushed",
            "Brushed steel, waisted",
            "Nothing painted, nothing that can chip. The waist gives the hand a place when the handle is wet.",
            "signe",
            Appliance(
                "gooseneck",
                "#b8bcc1",
                grip="black",
                shape="c",
                finish="steel",
                base=True,
                reading="88",
            ),
            "Brushed steel gooseneck kettle with a black handle",
            View("#d5dde2", "#8f9aa3"),
            pull=1.0,
            said=(
                ("lucas", "Fingerprints. So many fingerprints."),
                ("oskar", "Steel lasts. I would take the fingerprints."),
            ),
        ),
        Draft(
            "tomato",
            "Tomato, the loud one made quiet",
            "A stovetop shape for people who miss it; the whistle is replaced by a click.",
            "frieda",
            Appliance("stovetop", "#c2452f", finish="gloss", grip="wood", steams=True),
            "Red dome-shaped kettle with a wooden bow handle",
            View("#e9d9cf", "#d8cfc2"),
            pull=1.15,
            said=(
                ("emil", "My grandmother's, but polite."),
                ("nadia", "Does the bow handle fold down? It would not fit our shelf."),
            ),
        ),
        Draft(
            "jug",
            "Office jug with a window",
            "1.4 litres for a room of eight. The window is glass, not plastic.",
            "signe",
            Appliance(
                "tall-kettle", "#e9e4d6", grip="black", base=True, reading="100", band="#2d3034"
            ),
            "Tall cream kettle with a black handle and a water window",
            View("#dbe3de", "#a67c52"),
            pull=0.7,
            said=(("tomek", "Good, but not what the brief asks for: 0.9 litres."),),
        ),
        Draft(
            "slate",
            "Slate dome",
            "Matt slate, one brass dot for the lid.",
            "matteo",
            Appliance("stovetop", "#4a525b", finish="satin", grip="black", band="#c9a15d"),
            "Slate grey dome kettle with a brass band and a black handle",
            View("#dedad2", "#9b7f62"),
            pull=0.85,
        ),
    ),
)

LAMPS = Call(
    "lamps",
    "A lamp for one desk",
    "For people who work where they live. Warm at night, cool in the morning, 600 lumen, a switch you find in the dark. The source is ours (replaceable, 2700 to 4000 K).",
    TERMS,
    (("Colour", ("Amber", "Graphite")),),
    (
        Draft(
            "mushroom",
            "Amber dome",
            "Opal glass in amber, lit from below, on an enamel foot. It lights the table and not the face.",
            "matteo",
            Appliance("mushroom", "#e9a23b", accent="#f0e6d6", finish="gloss"),
            "Amber glass mushroom lamp with a cream foot, lit",
            View("#55494f", "#7a5c43", width=4000, height=3000),
            Camera(500, 440, 2.0),
            "The lit rim of the amber dome",
            pull=1.6,
            said=(
                (
                    "siobhan",
                    "Warm light at eye height without glare. That is hard to do, well done.",
                ),
                ("gwen", "How hot does the glass get?"),
                ("matteo", "38 degrees after four hours. You can move it lit."),
            ),
        ),
        Draft(
            "arm",
            "Two-arm lamp in signal orange",
            "Two sprung arms, a head that stays where you leave it, a foot heavy enough for a cat.",
            "signe",
            Appliance("arm-lamp", "#d9772f", accent="#d8dbdf", finish="gloss"),
            "Orange desk lamp with two steel arms, lit",
            View("#4c5660", "#6e5138"),
            pull=1.25,
            said=(("lucas", "Heavy enough for which cat?"), ("signe", "5.8 kg, tested.")),
        ),
        Draft(
            "cone",
            "Striped cone",
            "A folded paper cone, three stripes, a foot of turned ash.",
            "frieda",
            Appliance(
                "mushroom", "#efe6d3", accent="#b98a55", shape="b", finish="satin", band="#c8553d"
            ),
            "Cream cone lamp with red stripes on a wooden foot",
            View("#4f565c", "#80664a"),
            pull=0.9,
            said=(("ada", "Paper near a lamp, and then a child near the paper."),),
        ),
        Draft(
            "graphite",
            "Graphite reader",
            "For drawing boards: long reach, narrow beam.",
            "signe",
            Appliance(
                "arm-lamp", "#3a4048", accent="#c9a15d", shape="b", grip="black", band="#c9a15d"
            ),
            "Graphite desk lamp with brass arms",
            View("#5b5f57", "#86705a"),
            pull=0.95,
        ),
    ),
)

BREAKFAST = Call(
    "breakfast",
    "Breakfast, slowly",
    "One machine for the slow half of the weekend. Coffee, toast, rice or eggs; we do not mind which, as long as it is a pleasure to wait for. Must be repairable with a screwdriver.",
    TERMS,
    (("Colour", ("Light", "Dark")), ("Plug", ("EU", "UK"))),
    (
        Draft(
            "drip",
            "Drip machine with brass dials",
            "Two dials: when, and how strong. Everything else is gravity.",
            "matteo",
            Appliance("drip", "#2c3036", accent="#c7a15b", band="#c7a15b", steams=True),
            "Dark coffee machine with a display, two brass dials and a glass jug",
            View("#e3dcd3", "#8a6a4c"),
            Camera(480, 300, 2.1),
            "Display and brass dials from near",
            pull=1.4,
            said=(
                ("emil", "Two dials. Thank you. My current one has an app."),
                ("marta", "Is the jug dishwasher safe?"),
                ("matteo", "Jug and lid, yes; the wooden handle clips off."),
            ),
        ),
        Draft(
            "pour",
            "Pour-over stand in ash and brass",
            "A cone, a jug and four hands of wood. No plug at all, which may be outside the brief.",
            "signe",
            Appliance("pour-over", "#e7ded0", accent="#b98d47", finish="gloss", steams=True),
            "Wooden pour-over stand with a porcelain cone and a glass jug",
            View("#e6e0d6", "#b08a61"),
            pull=1.2,
            said=(
                ("kenji", "No plug is the best repairability score there is."),
                ("priya", "It is a stand. I like it, but it is a stand."),
            ),
        ),
        Draft(
            "moka",
            "Octagonal moka, cast anew",
            "The classic with a valve that can be unscrewed and a base for induction.",
            "frieda",
            Appliance(
                "moka", "#c3c7cc", finish="steel", grip="wood", accent="#c98b3e", steams=True
            ),
            "Octagonal steel moka pot with a wooden handle",
            View("#d8dfe4", "#c7b299"),
            pull=1.1,
            said=(("lucas", "Induction was the missing piece for me."),),
        ),
        Draft(
            "toast",
            "Toaster with one lever and one dial",
            "Slots for uneven bread, a crumb tray the width of the machine.",
            "signe",
            Appliance("toaster", "#8fb8ad", accent="#f0e7d3", finish="gloss", band="#d9d9d6"),
            "Mint green toaster with two slices of toast",
            View("#dde5e4", "#b7946c"),
            pull=0.95,
            said=(
                ("gwen", "The colour! Keep the colour."),
                (
                    "tomek",
                    "Does it take sourdough from the middle of the loaf? That is the only test.",
                ),
            ),
        ),
        Draft(
            "congee",
            "Rice and congee pot",
            "Three programmes: rice, congee, keep warm. The lid comes off whole.",
            "frieda",
            Appliance("rice", "#f2efe8", accent="#d98a5b", finish="gloss", steams=True),
            "White rice cooker with a wooden handle and an orange display",
            View("#dfe2e6", "#c9ccd0"),
            pull=1.0,
            said=(
                ("chenxiao", "煮粥模式请至少给到两小时的预约。"),
                ("frieda", "Reservation up to 13 hours is in the board already."),
            ),
        ),
    ),
)

RICE = Call(
    "rice",
    "Rice for two",
    "A rice cooker for one or two people that does not look like a printer.",
    TERMS,
    (("Colour", ("Milk", "Graphite")), ("Plug", ("EU", "UK"))),
    (
        Draft(
            "milk",
            "Milk, with a beech handle",
            "Round, quiet, 0.6 litres. The inner pot is steel, not coated.",
            "frieda",
            Appliance(
                "rice",
                "#eef0ea",
                accent="#7fa08a",
                grip="wood",
                finish="satin",
                band="#7fa08a",
                reading="0:28",
            ),
            "Small white rice cooker with a wooden handle and green accents",
            View("#e2e6df", "#bfa582"),
            Camera(500, 620, 2.0),
            "The display and the row of dots",
            pull=1.3,
            said=(("xiaowei", "不锈钢内胆太难得了,希望锅盖也能拆洗。"),),
        ),
        Draft(
            "graphite-rice",
            "Graphite cube",
            "Square outside, round inside, so it fits the corner.",
            "signe",
            Appliance(
                "rice",
                "#3b4047",
                accent="#d98a5b",
                shape="b",
                grip="metal",
                finish="satin",
                reading="0:32",
            ),
            "Graphite rice cooker with a steel handle",
            View("#dcdde0", "#9c9184"),
            pull=0.9,
        ),
    ),
)
CALLS = (KETTLE, LAMPS, BREAKFAST, RICE)
