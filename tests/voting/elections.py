"""Ballots of elections: two real ones (from Tideman's collection) and some that books discuss.

`"3 a b; 2 c"` is three ballots that put a above b, and two that name c alone.
"""

# Six candidates, 196 voters, most of whom rank few.
A60 = (
    "21 f; 17 a; 7 b; 7 d; 6 c; 5 e f; 4 a c; 4 a d c; 4 a e; 4 a f; 4 e a; 3 a c d; 3 c "
    "a e; 3 e d c; 3 f a c; 2 a b e; 2 a c b d f; 2 a e d c; 2 c a d; 2 c f d; 2 e; 2 e a "
    "d; 2 e d f c a; 2 f e; 2 f e a; 2 f e d; 1 a b c; 1 a b c f e; 1 a b d; 1 a b f c d; "
    "1 a b f d e; 1 a c b e d; 1 a c d f b; 1 a c e; 1 a c f e b; 1 a d b c e; 1 a d b c "
    "f; 1 a d e f c; 1 a d f; 1 a d f b c; 1 a e b c f; 1 a e b f c; 1 a e c d f; 1 a e "
    "d; 1 a e d c b; 1 a e f; 1 a e f c b; 1 a f b c d; 1 a f b d c; 1 a f c e d; 1 a f "
    "d; 1 a f e c d; 1 b a c; 1 b a c d e; 1 b d c; 1 b d f; 1 c a; 1 c a e f b; 1 c b e "
    "d f; 1 c d a; 1 c d e b a; 1 c e; 1 c e b; 1 c e f; 1 c f; 1 c f e; 1 d a c b f; 1 d "
    "a e f b; 1 d a f; 1 d a f b e; 1 d a f e c; 1 d b a; 1 d b f c a; 1 d c b f a; 1 d c "
    "e; 1 d c f; 1 d e a; 1 d e b; 1 d e f; 1 d f; 1 d f a b c; 1 d f c; 1 e a c d b; 1 e "
    "a c f b; 1 e a f b c; 1 e b d; 1 e c b d f; 1 e c d; 1 e d a; 1 e d f a b; 1 e f a d "
    "c; 1 e f b a d; 1 f a d b c; 1 f b c; 1 f b c a d; 1 f b d; 1 f c b d e; 1 f d; 1 f "
    "d a; 1 f d c e a; 1 f d e c a; 1 f d e c b; 1 f e b c a; 1 f e c; 1 f e d a b "
)
# Three candidates, 213 voters.
A77 = "39 c; 38 a c; 36 c a; 29 c b; 28 a b; 15 b a; 14 a; 9 b c; 5 b"
# Markus Schulze's own example: five candidates, 45 voters, a circle.
SCHULZE = (
    "5 a c b e d; 5 a d e c b; 8 b e d a c; 3 c a b e d; 7 c a e b d; 2 c b a d e; 7 d c e b a;"
    " 8 e b a d c"
)
# Where Tennessee should have its capital: a Memphis, b Nashville, c Chattanooga, d Knoxville.
TENNESSEE = "42 a b c d; 26 b c d a; 15 c d b a; 17 d c b a"
# Every two of three beat each other in a circle, all alike.
CIRCLE = "1 a b c; 1 b c a; 1 c a b"
