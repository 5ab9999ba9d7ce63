"""The words of rounds, campaigns and updates, and what people say around them."""

from demo.seeding.polls import Poll
from demo.seeding.sales import Sale, Told
from voting.models import Entry, Round

Electorate, Results, Deciding = Round.Electorate, Round.Results, Round.Deciding
Method = Round.Method
Outcome = Entry.Outcome
NOT_NOW = "Not this season. The votes were clear, and your rights are yours again; thank you for the draft."

# -- rounds ---------------------------------------------------------------------------------
MOST = "Most supporting votes wins. You may support as many drafts as you like. The two best go into a second round if they are closer than five points."
POLLS = {
    "outerwear": Poll("Round 1: which of the ten", MOST, -4, 5.3, turnout=0.72, guests=9),
    "shirts": Poll("Round 1: six shirts", "The four drafts with most support are revised and come back. Fans' remarks are part of the task.", -30, -20, turnout=0.55),
    "shirts-2": Poll("Round 2: the four, revised", "What wins is made. Votes of Round 1 stay with Revision 1; this round begins at zero.", -6, 0.052, electorate=Electorate.MEMBERS, method=Method.RANKED, parameters={"rule": "schulze", "places": 4}, turnout=0.62),
    "knitwear": Poll("Round 1: five jumpers", "One jumper is made.", -26, -13, method=Method.RANKED, parameters={"rule": "ranked-pairs", "places": 3}, turnout=0.66, guests=5),
    "knitwear-2": Poll("Round 2: which of the others is knitted next", "Four jumpers were not chosen and still have friends. The strongest is made next winter.", -3, 9, method=Method.PAIRWISE, parameters={"top": 1, "ends": False}, turnout=0.5, guests=3),
    "trousers": Poll("Round 1: five pairs", "Most supporting votes wins, unless nobody would buy it.", -12, -0.9, turnout=0.5, guests=3),
    "trousers-2": Poll("Round 2: worn and sat in", "Both finalists are photographed sitting. Most supporting votes wins.", 6, 13),
    "carry": Poll("Honorary round: one small run", "Only honorary developers vote, and what they choose is made. No override.", -2, 9, electorate=Electorate.HONORARY, results=Results.AFTER_CLOSE, deciding=Deciding.HONORARY, turnout=0.9),
    "dresses": Poll("Round 1: four dresses", "Most supporting votes wins. The winner is sewn as a sample before anything is sold.", 2, 12, turnout=0.5),
    "coats": Poll("Round 1: two coats", "Most supporting votes wins.", -168, -158, turnout=0.5),
    "totes": Poll("Round 1: two bags", "Most supporting votes wins.", -78, -70, turnout=0.4),
    "kettle": Poll("Round 1: six kettles", "The two best go to revision. Noise is measured in between.", -104, -94, turnout=0.6),
    "kettle-2": Poll("Round 2: Pine against Porcelain", "Most supporting votes wins. If both are within three points, buyers decide.", -84, -76, turnout=0.55),
    "lamps": Poll("Round 1: four lamps", "One lamp is made.", -42, -31, method=Method.SCORE, turnout=0.55, guests=4),
    "breakfast": Poll("Round 1: five machines", "The tally is open from the first vote: we are curious too.", -1.6, 13, method=Method.SCORE, results=Results.ALWAYS, turnout=0.5, guests=4),
    "rice": Poll("Round 1: two pots", "Most supporting votes wins.", -12, -5, turnout=0.4),
    "cherries": Poll("Round 1: five boxes", "The best is revised once and then stands against the runner-up.", -64, -54, method=Method.PAIRWISE, parameters={"top": 2, "ends": False}, turnout=0.5, guests=3),
    "cherries-2": Poll("Round 2: tray or crate", "Most supporting votes wins.", -48, -41, turnout=0.5),
    "peaches": Poll("Round 1: four boxes", "Most supporting votes wins.", -15, -5, turnout=0.5, guests=2),
    "oranges": Poll("Round 1: net or basket", "Most supporting votes wins.", -40, -33, turnout=0.35),
    "pears": Poll("Round 1: two pear boxes", "Most supporting votes wins.", -11, -3, turnout=0.4),
}  # fmt: skip
ROUND_TALK = {
    "outerwear": (
        ("gwen", "Ten is a good number. Thirty would have been a chore."),
        (
            "kenji",
            "Please photograph all of them on a person on a bicycle before the next round. Lapels look different at 20 km/h.",
        ),
        ("xiaowei", "请问最后会做几款?如果前两名很接近,能不能都做?"),
        (
            "jonas",
            "One jacket is made. If the first two are closer than five points they meet again in a second round, as the rule says.",
        ),
        ("oskar", "I support four of them and would buy one. I like that those are two buttons."),
    ),
    "shirts-2": (
        ("priya", "The leaves are larger. You listened."),
        ("emil", "Closing tonight, everybody: this is the last call for sage."),
        ("mei", "谢谢大家第一轮的意见,四位设计师都改了。"),
    ),
    "trousers": (
        ("tomek", "When will you decide?"),
        ("jonas", "By Thursday. We are sitting in all five pairs, literally."),
    ),
    "carry": (
        ("nadia", "First round that only we decide. It feels like jury duty, in a good way."),
        ("gwen", "Four drafts and one run. I took the whole evening for it."),
        ("kenji", "Rucksack or hat is no fair fight. I voted for what I would carry."),
        ("chenxiao", "希望结果公布后能看到每组的票数。"),
        ("mei", "会的。结束当天就公布。"),
    ),
    "breakfast": (
        ("lucas", "An open tally is fun, but I notice that I look at it before I think."),
        ("ruth", "That is why we hide it in the rounds that decide about money."),
    ),
    "knitwear": (("siobhan", "The cable wins and nobody is surprised. Well drawn."),),
}
# Who decides the honorary round of Weft, and what for the brand has thanked them.
HELPED = (
    ("kenji", "Measured every pocket of the coat samples and wrote it down."),
    ("chenxiao", "面料小组:为前两轮打样写了详细的试穿记录。"),
    ("nadia", "Wore the sample for a month and told us what broke."),
    ("gwen", "Tried the pockets with gloves, tools and a wet lead."),
    ("oskar", "Sent back a coat of 1998 so that we could see where it had worn."),
    ("priya", "Compared three duffle coats, hood up, in the monsoon."),
    ("tomek", "Washed every swatch ten times and measured it each time."),
    ("siobhan", "Counted the stitches of the cable and found our mistake."),
    ("lucas", "Weighed all samples, with and without rain."),
    *(
        (f"voter{n:02d}", "Came to the fitting days and filled in the sheets.")
        for n in range(1, 10)
    ),
)
# What was said about drafts once more people had seen them, after the first remarks.
DRAFT_TALK = {
    "half-zip": (
        ("gwen", "Would it go over a fleece? I am a medium and wear two jumpers from November."),
        ("lin", "Yes. The chest is cut for one thick layer, and the half zip opens to the ribs."),
    ),
    "quilted": (
        ("oskar", "Which way do the channels run at the back?"),
        ("ines", "The same way, they meet at the side seam."),
    ),
    "duffle": (("siobhan", "Horn toggles outlive their owners. Please keep them."),),
    "trench": (
        ("ada", "How does the belt stay put when it is open?"),
        ("priya", "Loops at the back, please, not only at the sides."),
    ),
    "bomber": (("lucas", "Corduroy at the back will shine after a winter of rucksacks."),),
    "barn": (("emil", "My dog approves of pockets this deep."),),
    "anorak": (("xiaowei", "三种颜色都能单独换吗?"), ("marta", "Cheerful without being loud.")),
    "chore": (("tomek", "Does the padding survive forty degrees?"), ("nadia", "Mine has.")),
    "fleece": (("kenji", "Windproof in front and breathing behind is how a cyclist is built."),),
    "cargo-parka": (("gwen", "Bellows pockets take secateurs. Sold."),),
    "check-shirt": (
        ("oskar", "Do the checks meet at the pocket?"),
        ("emil", "In the drawing they do."),
    ),
    "brush": (("ada", "Like a page of somebody's sketchbook."),),
    "breton-knit": (
        ("lucas", "Heavy enough for the sea?"),
        ("siobhan", "Heavy enough for my kitchen."),
    ),
    "paperbag": (
        ("priya", "With a belt or without?"),
        ("marta", "Without, that is the point of it."),
    ),
    "track": (("kenji", "A zipped pocket at the back would make me buy them."),),
    "tote-two": (("gwen", "The wet floor is the right thought."),),
    "cord-cap": (("oskar", "A strap can be mended. Thank you."),),
    "tiered": (
        ("xiaowei", "小碎花很耐看。"),
        ("ada", "Pockets?"),
    ),
    "sage": (("siobhan", "Linen this heavy hangs well and creases honestly."),),
    "check-dress": (
        ("marta", "For a picnic in September, then."),
        ("gwen", "With wellingtons."),
    ),
    "plain-tote": (("nadia", "The green base hides what the floor of a tram does to a bag."),),
    "jug": (("emil", "The window is for people who fill it for six and drink alone."),),
    "slate": (("lucas", "It looks quiet."), ("marta", "It looks heavy when full. How much is it?")),
    "cone": (("priya", "The stripes throw a pattern on the wall, I hope?"),),
    "graphite": (
        ("oskar", "A reader that reads. Good."),
        ("ada", "Does the head turn all the way?"),
    ),
    "moka": (
        ("siobhan", "Cast anew, and the gasket is still the same size? Then my drawer is set."),
    ),
    "graphite-rice": (("tomek", "Which of the two is quieter at night?"),),
    "hills": (("ada", "I would keep this carton for letters."),),
    "peach-tray": (
        ("gwen", "The paper belt is all it needs."),
        ("emil", "And it tears where it should."),
    ),
    "orange-basket": (("marta", "The cloth makes it a present."),),
    "pear-crate": (("oskar", "Slats let them breathe. Pears are particular."),),
}
# -- campaigns ------------------------------------------------------------------------------
SALES = {
    "coats": Sale(
        "coats", "The first coat",
        "Boiled wool from Erdos, a placket that hides the buttons, a hanger loop that holds. Chosen by the first people who ever voted here.",
        "The wool is dyed in one lot; a second lot would differ by a shade. Sewing takes five weeks because we have two machines that can do it.",
        "If we are late we say so before the date, and you may cancel for a full refund.",
        -150, -136, -92, 20, 20000, ((1, 128000), (20, 118000), (40, 108000)), countries=("CN", "CN", "FR", "GB"),
    ),
    "totes": Sale(
        "totes", "Rust tote for the market",
        "Three hundred metres of canvas are left from the coats. It becomes bags, or it stays canvas.",
        "Leather for the handles is bought only when the minimum is reached.",
        "Ships within three weeks of the last balance.",
        -62, -48, -20, 60, 3000, ((1, 22000), (60, 19800)), countries=("CN",),
    ),
    "knitwear": Sale(
        "knitwear", "Three cables and a roll neck",
        "The jumper that won Round 1 with room to spare. Body in wool from the mill in Inner Mongolia, neck in 19 micron merino so that it does not itch. Knitted in one gauge, linked by hand, mendable at the elbow: every jumper comes with four metres of its yarn.",
        "The merino for the neck has been promised, not delivered. If it is late, we are late by the same number of days. The rust shade may come out a little browner than on the picture; the sample will be photographed before balances are due.",
        "Later than the date means that you may cancel and get everything back, with one click.",
        -6, 8.2, 75, 30, 8000, ((1, 49900), (30, 45900), (60, 42900), (100, 39900)), limit=3, countries=("CN", "CN", "CN", "JP", "FR", "GB"),
        surcharges={"XL": 2000},
    ),
    "kettle": Sale(
        "kettle", "Pine, the quiet kettle",
        "55 dB at a metre, 0.9 litres, a base that opens with a coin. Enamelled in Berlin-Wedding, assembled two doors further. Every wearing part can be bought for fifteen years; the list is on the last page of the manual and on our door.",
        "The enamel is fired by one supplier. If a firing fails we lose nine days, and we tell you on the first of them.",
        "Ships by the date, or you decide: wait, or money back within a week.",
        -62, -48, 24, 25, 2500, ((1, 11900), (25, 10900), (50, 9900)), produce_at=15, countries=("DE", "DE", "FR"), quota=200,
    ),
    "lamps": Sale(
        "lamps", "Amber dome",
        "Mouth-blown opal glass on an enamelled foot, warm at night and cool in the morning. It lights the table and not your face.",
        "Glass varies. Every dome is a little different, and one in twenty does not pass; the second try takes a week.",
        "If a dome arrives broken, the next one leaves the same day.",
        -17, -3, 45, 15, 3000, ((1, 14900), (20, 13900), (40, 12900)), produce_at=8, countries=("DE", "FR"), quota=80,
    ),
    "rice": Sale(
        "rice", "Milk, rice for two",
        "0.6 litres, a steel pot without coating, a lid that comes off whole.",
        "The steel pot is a new tool. First parts are due in five weeks.",
        "Later than the date means that you may cancel and get everything back.",
        3, 20, 110, 40, 2000, ((1, 8900), (40, 7900), (90, 7200)), countries=("DE",),
    ),
    "cherries": Sale(
        "cherries", "Cherries in the branch tray",
        "A kilogram or two of Bing or Rainier, picked on your order, cooled within two hours, at your door 48 hours after the tree. The sleeve carries the branch you chose, from tree number one.",
        "Weather. If hail takes the crop we refund everything the same day; it happened once, in 2019.",
        "Picked, cooled and delivered within 48 hours. If it takes longer, the box is free.",
        -32, -20, 6, 30, 1000, ((1, 3900), (30, 3500), (60, 3200)), produce_at=15, countries=("US",), balance_days=3, limit=6, surcharges={"2 kg": 2900},
    ),
    "peaches": Sale(
        "peaches", "Nine peaches for August",
        "Nine peaches, picked ripe, each in its nest, tissue in the colour of the skin. The lid carries the branch.",
        "Ripe peaches bruise. Two boxes in a hundred arrive with a spot; send us a photograph and the next box leaves.",
        "Delivered two days after picking, or your money back.",
        -2, 10, 70, 40, 1000, ((1, 4200), (40, 3800), (80, 3400)), countries=("US",), limit=6,
    ),
    "oranges": Sale(
        "oranges", "Winter oranges in a net",
        "Four kilograms of navels from our cousins in Ojai, in the net you chose.",
        "Frost. January decides.",
        "Delivered in the third week of January.",
        -30, -16, 20, 25, 800, ((1, 2900), (25, 2600)), countries=("US",), limit=6,
    ),
    "pears": Sale(
        "pears", "Cellar pears with a calendar sun",
        "Winter pears that ripen in the dark, in a box with eighteen rays. Tear one off every Sunday and eat what it says.",
        "Pears keep their own time. The calendar is right for a cellar at nine degrees.",
        "Ships in the first cold week of November.",
        1.5, 14, 90, 30, 900, ((1, 3600), (30, 3200), (70, 2900)), countries=("US",), limit=6,
    ),
}  # fmt: skip
CAMPAIGN_TALK = {
    "knitwear": (
        ("gwen", "Deposit paid. What is the chest of a finished M?"),
        ("lin", "108 cm, measured flat and doubled. The table is under the pictures."),
        ("nadia", "At sixty the price falls for all of us? Then I know whom to write to."),
        ("chenxiao", "已付定金。希望锈红色不要偏太棕。"),
        ("emil", "Does the yarn for mending come in both colours?"),
        ("jonas", "Always in the colour of your jumper."),
    ),
    "kettle": (
        ("marta", "The coin trick works, I tried it on the sample in Berlin."),
        ("kenji", "55 dB measured from which side?"),
        (
            "frieda",
            "From the spout, one metre, at full boil. The protocol is in the second update.",
        ),
    ),
    "lamps": (
        ("siobhan", "Paid the balance. Now I need a table."),
        ("lucas", "How is it packed?"),
        ("emre", "In moulded pulp, inside a second box. We have dropped eleven and broken none."),
    ),
    "cherries": (
        (
            "ada",
            "Mine came this morning, 41 hours after the tree according to the label. Half of them are gone.",
        ),
        ("oskar", "Rainier next year again, please."),
        ("hank", "Second half is picked tonight. Watch the sky with us."),
    ),
    "peaches": (
        ("priya", "Can I order for my mother and have it sent to her?"),
        ("rosa", "Yes, put her address into the order. The receipt goes to you."),
    ),
    "coats": (
        ("chenxiao", "穿了第一个冬天,很挺。"),
        ("nadia", "Everything as promised. When is the second coat?"),
    ),
}
UPDATES = {
    "kettle": (
        Told(
            -36,
            "material",
            "Steel is here, enamel is booked",
            "Four hundred kilograms of sheet arrived on Monday. The enameller has given us the second week of the month: pine in the morning, porcelain white for the inside in the afternoon.",
            (),
        ),
        Told(
            -22,
            "making",
            "First firing: 41 of 44 passed",
            "Three kettles came out with a pinhole near the spout. They are the ones we will cut open to see why. Noise of the first assembled kettle: 55 dB at full boil, one metre from the spout; the protocol is signed by Emre and by the neighbour.",
            (
                (
                    "kettle-line",
                    "Enamelled kettles in four colours standing in two rows in the workshop",
                ),
            ),
        ),
        Told(
            -6,
            "packing",
            "Boxes are folded, labels next week",
            "The first pallet is packed with spare gaskets in every box. Labels are printed when the sheet's addresses are locked; until then you can change yours on your order.",
            (("kettle-pallet", "Nine cartons stacked on a pallet"),),
        ),
    ),
    "coats": (
        Told(
            -126,
            "material",
            "The wool is in Jiaxing",
            "Sixty-two metres of charcoal, forty of camel, all from one lot.",
            (("coat-rolls", "Rolls of cloth in many colours on a wooden rack"),),
        ),
        Told(
            -112,
            "making",
            "Cutting begins",
            "Lin has laid the pieces out so that a coat needs 2.6 metres instead of 2.9. The rest becomes hanger loops.",
            (("coat-cutting", "Paper patterns on blue cloth with shears and a tape measure"),),
        ),
        Told(
            -99,
            "packing",
            "On its way in plain boxes",
            "Every coat was worn for ten minutes by somebody of its size before it was folded.",
            (("coat-parcel", "An open parcel with tissue paper and a card"),),
        ),
    ),
    "cherries": (
        Told(
            -9,
            "preparing",
            "Sugar at 17, picking on Thursday",
            "We pick when the refractometer says 18. It says 17 on the upper rows. Trays and sleeves are folded and waiting in the shed.",
            (("cherry-crates", "Crates of cherries stacked on a table"),),
        ),
        Told(
            -3,
            "packing",
            "First half is over the belt",
            "Seven people, four hours, one belt. Everything softer than it should be went into jam.",
            (("cherry-belt", "Cherries lying on the sorting belt"),),
        ),
    ),
    "knitwear": (
        Told(
            -2,
            "preparing",
            "Yarn for the first hundred is reserved",
            "The mill holds 74 kilograms in oat and rust for us until deposits close. The merino for the necks is confirmed for the third week.",
            (("knit-spools", "Nine spools of thread in the season's colours"),),
        ),
    ),
}
DECISIONS = {
    "shirts": (
        {
            "camp": (Outcome.TO_REVISE, "Leads the round. Make the leaves larger and look at the sleeve, as asked by 23 of you."),
            "striped": (Outcome.TO_REVISE, "Narrower stripe, no pocket, another collar."),
            "band": (Outcome.TO_REVISE, "Heavier linen and a colour that is not see-through."),
            "dotted": (Outcome.TO_REVISE, "Fewer, larger dots."),
        },
        NOT_NOW,
    ),
    "knitwear": ({"cable": (Outcome.WINNER, "")}, NOT_NOW),
    "coats": ({"wool-coat": (Outcome.WINNER, "")}, NOT_NOW),
    "totes": ({"rust-tote": (Outcome.WINNER, "")}, NOT_NOW),
    "kettle": (
        {"pine": (Outcome.TO_REVISE, "First by a distance. Quieter, and the joint at the foot must look clean."), "porcelain": (Outcome.TO_REVISE, "Second. It has to become electric.")},
        "Liked, but behind the first two by more than ten points. Yours again.",
    ),
    "kettle-2": ({"pine": (Outcome.WINNER, "")}, "So close that we will ask for it again next year."),
    "lamps": ({"mushroom": (Outcome.WINNER, "")}, NOT_NOW),
    "rice": ({"milk": (Outcome.WINNER, "")}, NOT_NOW),
    "cherries": ({"stripe-sleeve": (Outcome.TO_REVISE, "Tray yes, stripes no. Draw us the branch.")}, "Not chosen in this round. The crate stands again in Round 2."),
    "cherries-2": ({"stripe-sleeve": (Outcome.WINNER, "")}, "Beautiful, and too heavy for the post."),
    "peaches": ({"nine": (Outcome.WINNER, "")}, NOT_NOW),
    "oranges": ({"net": (Outcome.WINNER, "")}, NOT_NOW),
    "pears": ({"pear-sun": (Outcome.WINNER, "")}, NOT_NOW),
}  # fmt: skip
FROST = "Frost in the night of the 12th took the navels in Ojai. There is nothing to send, so every cent goes back today. We are sorry, and we will ask again next winter."
