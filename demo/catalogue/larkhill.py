"""Larkhill, Yakima: fruit, and the boxes it travels in."""

from dataclasses import replace

from demo.catalogue.kinds import Call, Draft
from demo.drawing.canvas import Camera
from demo.drawing.draw import View
from demo.drawing.fruit import Pack

TERMS = "A flat 400 dollars for the chosen design, and 1 % of the season's balances. Drafts that are not chosen stay yours."

SLEEVE = Pack(
    "tray", "cherry", motif="stripes", ink="#a62336", second="#c9505a", small="rainier ridge"
)
CHERRIES = Call(
    "cherries",
    "The cherry box",
    "Cherries are picked on order, cooled within two hours, and reach you two days later. The box has to keep a kilogram of fruit from rolling, breathe, and look like a present.\n\n"
    "No plastic. Two inks at most. It will be opened on kitchen tables and photographed, so think of the first three seconds.",
    TERMS,
    (("Size", ("1 kg", "2 kg")), ("Sort", ("Bing", "Rainier"))),
    (
        Draft(
            "stripe-sleeve",
            "Pulp tray with a striped sleeve",
            "A moulded tray, one paper sleeve in cherry stripes. The sleeve is the only printed part and becomes a bookmark.",
            "ben",
            SLEEVE,
            "Open tray of cherries with a striped paper sleeve",
            View("#c8b8a0"),
            Camera(500, 540, 1.9),
            "The printed sleeve over the cherries",
            pull=1.5,
            revised=replace(SLEEVE, motif="branch", second="#3d5a40", paper="#f3e6d0"),
            changed="The stripes looked like a butcher's, several of you said. Now a branch, drawn from the oldest tree on the ridge. The sleeve is 2 cm wider.",
            said=(
                ("siobhan", "Stripes: butcher's shop. The tray: perfect."),
                ("ada", "I kept the sleeve from last year, so the bookmark idea works."),
                ("rosa", "The branch in Revision 2 is from tree number one. It is 84."),
            ),
        ),
        Draft(
            "crate",
            "The orchard crate, one third",
            "Our picking crate at a third of its size, nailed, stamped, returnable.",
            "rosa-d",
            Pack("crate", "cherry", small="hand-picked"),
            "Small wooden crate heaped with cherries, stamped Larkhill",
            View("#d9dfd8", "#b98f63"),
            pull=1.25,
            said=(
                ("oskar", "I would never return it. I would keep screws in it."),
                ("hank", "That is what returnable means to most people. We have counted on it."),
            ),
        ),
        Draft(
            "drum",
            "Hat box with waves",
            "A round box, like a hat's. Waves in one blue, a ribbon to carry it by.",
            "ines",
            Pack("drum", "cherry", motif="waves", ink="#22304f", second="#5b7aa0", paper="#e9edf0"),
            "Round box of cherries with a blue wave pattern on its lid",
            View("#8d9a97"),
            pull=1.1,
            said=(
                ("nadia", "This is a present. The others are packaging."),
                ("tomek", "Round boxes waste a fifth of the lorry."),
            ),
        ),
        Draft(
            "dots-box",
            "Green gift box, twenty-five nests",
            "Each cherry in its nest. For people who give cherries as others give chocolates.",
            "amara",
            Pack(
                "giftbox", "cherry", motif="dots", paper="#2f4a3f", ink="#f0e2c6", second="#48685a"
            ),
            "Green gift box with twenty-five cherries in nests",
            View("#dccfb8"),
            pull=0.9,
            said=(
                ("lucas", "25 cherries is a snack. As an object it is beautiful."),
                ("xiaowei", "像巧克力礼盒,送长辈很体面。"),
            ),
        ),
        Draft(
            "tin",
            "Blossom tin",
            "A tin that stays in the kitchen after the cherries have gone.",
            "ben",
            Pack(
                "tin", "cherry", paper="#f1e2dd", motif="blossom", ink="#b3243f", second="#d99a3c"
            ),
            "Pink tin with printed blossoms and a red lid, cherries beside it",
            View("#e9dfdc", "#b79a80"),
            pull=0.8,
            said=(
                ("gwen", "A tin for fresh fruit? It cannot breathe."),
                ("ben", "Perforated base. But yes, it is the weak point."),
            ),
        ),
    ),
)

PEACHES = Call(
    "peaches",
    "Nine peaches",
    "Nine peaches, picked ripe, each in its place. A gift box for August that a grandmother would keep.",
    TERMS,
    (("Size", ("9 fruit", "18 fruit")),),
    (
        Draft(
            "nine",
            "Cream box with a branch",
            "Nine nests, tissue in the colour of the skin, a branch on the lid.",
            "rosa-d",
            Pack(
                "giftbox",
                "peach",
                ink="#d0584a",
                second="#6a8a55",
                motif="branch",
                small="ripe in august",
            ),
            "Cream gift box with nine peaches and a lid with a printed branch",
            View("#cdbfa9", width=1920, height=1440),
            Camera(640, 640, 1.9),
            "Three of the peaches in their nests",
            pull=1.5,
            said=(
                ("marta", "Tissue in the colour of the skin. I am weak."),
                ("emil", "Ripe peaches by post, you are brave."),
                (
                    "hank",
                    "Nine years of it. Two in a hundred arrive bruised, and we replace the box.",
                ),
            ),
        ),
        Draft(
            "hills",
            "Ridge carton",
            "An open carton with our hills on it. You smell it before you see it.",
            "ben",
            Pack(
                "carton",
                "peach",
                ink="#c8553d",
                second="#7d9a5b",
                motif="hills",
                small="ridge grown",
            ),
            "Carton of peaches with printed green hills and a red sun",
            View("#efe3d3", "#cdb79a"),
            pull=1.15,
            said=(("priya", "The hills are right, that is the view from the shed."),),
        ),
        Draft(
            "peach-tray",
            "Tray with a paper belt",
            "As simple as it gets: tray, belt, fruit.",
            "amara",
            Pack("tray", "peach", motif="branch", ink="#b8432f", second="#6a8a55"),
            "Tray of peaches with a paper belt",
            View("#c8b8a0"),
            pull=0.95,
        ),
        Draft(
            "peach-basket",
            "Picnic basket",
            "Willow, a checked cloth, a paper tag.",
            "ines",
            Pack("basket", "peach", ink="#b8432f", second="#5c7a4a", paper="#f4ead7"),
            "Willow basket of peaches with a checked cloth",
            View("#dfe5e8", "#9c8468"),
            pull=1.0,
            said=(
                ("siobhan", "The basket would cost more than the peaches."),
                ("oskar", "And I'd pay for it once."),
            ),
        ),
    ),
)

ORANGES = Call(
    "oranges",
    "Winter oranges",
    "From our cousins in Ojai: four kilograms of navels for January.",
    TERMS,
    (("Size", ("4 kg", "8 kg")),),
    (
        Draft(
            "net",
            "Orange net with a sun",
            "Cotton net, reusable, one printed board.",
            "ben",
            Pack(
                "net",
                "orange",
                ink="#c9531e",
                second="#2f5d50",
                motif="sun",
                paper="#f6ecd8",
                small="ojai navels",
            ),
            "Cotton net of oranges with a printed sun label",
            View("#efe3d3", "#cdb79a"),
            pull=1.3,
            said=(("tomek", "The net is the bag I take to the market ever since."),),
        ),
        Draft(
            "orange-basket",
            "Basket with a checked cloth",
            "For the table, not for the cellar.",
            "rosa-d",
            Pack("basket", "orange", ink="#c96a1e", second="#2f5d50", paper="#f4ead7"),
            "Basket of oranges with a checked cloth",
            View("#d8dfe4", "#8f7a63"),
            pull=0.9,
        ),
    ),
)

PEARS = Call(
    "pears",
    "Pears for the cellar",
    "Winter pears ripen in the dark, in the box they came in. The box should say which week to eat them.",
    TERMS,
    (("Size", ("3 kg", "6 kg")),),
    (
        Draft(
            "pear-sun",
            "Carton with a calendar sun",
            "Eighteen rays for eighteen weeks. You tear one off every Sunday.",
            "ben",
            Pack(
                "carton", "pear", ink="#5c6b1f", second="#b7a23c", motif="sun", small="cellar pears"
            ),
            "Carton of green pears with a printed sun",
            View("#e6e6d9", "#b59a72"),
            pull=1.2,
            said=(("kenji", "A box that is also a calendar. Excellent."),),
        ),
        Draft(
            "pear-crate",
            "Slatted crate",
            "Air on all sides.",
            "rosa-d",
            Pack("crate", "pear", ink="#31573e", small="keep cool and dark"),
            "Slatted crate of pears",
            View("#dfe2dc", "#a88a66"),
            pull=1.0,
        ),
    ),
)
CALLS = (CHERRIES, PEACHES, ORANGES, PEARS)
