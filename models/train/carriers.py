"""Wording made at random, so that a task is known by what it holds and not by one sentence: leads, tails, requests and sentences around given parts."""

import random

import words as w
from pick import fill

PLAIN = (
    "again,almost,also,always,another,any,away,back,because,before,behind,beside,both,by,could,day,during,each,even,every,few,first,for,from,had,has,have,he,help,her,here,his,home,hour,house,how,if,in,inside,into,is,it,its,just,keep,kept,"
    "knew,last,later,less,let,like,little,long,made,make,many,may,me,might,more,most,much,must,my,near,never,new,next,no,none,not,note,now,of,off,often,on,once,one,only,or,other,our,out,over,own,part,people,perhaps,place,put,rather,said,same,saw,"
    "say,seen,several,she,should,since,so,some,soon,still,such,than,that,the,their,them,then,there,they,this,those,though,time,to,together,told,too,took,toward,under,until,up,us,very,was,we,week,went,were,what,when,where,which,while,who,whole,"
    "whom,why,will,with,within,without,word,world,would,year,yesterday,yet,you,your"
).split(",")
VERBS = "kept,showed,took,brought,heard,gave,sent,held,watched,followed,joined,praised,visited,greeted,called,trusted,answered,helped,found,chose,waited for,talked of,asked for,looked at,was seen with,was sure of,went on with,thought of,stood by,spoke of,cared for,hoped for,was told of,had to do with,came with".split(",")
LEADS = (
    "After all,|In truth|So far|As you know,|They say|It is said that|I believe that|By the way,|For once|In short,|We are told that|Nobody doubts that|In the end|Of course|It seems that|Let it be known that|My notes say:|People remember that|As always,|"
    "Here, too,|Back then|This week|Since spring|At long last|Without doubt|It turned out that|One hears that|You should know:|The record shows:|Finally,|Besides,|Still,|In my opinion,|On the whole,|Strange but true:|Once more"
).split("|")
TAILS = (
    "|||||, as we heard|, so they say|, nothing else|, as before|, no doubt| after all| once more| again| at last|, I believe| for now| these days|, it seems| without fail| from now on|, to our surprise| in the end|, or so it is written|, and that is all| as agreed| with pleasure"
).split("|")
READ = "Read,Look at,Take,Consider,See,Check,Have a look at,Go through,Mind,Think about,Inspect,Examine,Note".split(",")
WHAT = "this,the following,these words,the text below,what follows,this text,the next lines,this line,what I found,my note,this piece of text,the message here,these few words".split(",")
OPEN = "Now,Then,Next,Please,After that,So,Well,And,I ask you to,You should,Can you,Could you,Your task:,Your job is to,I want you to,Would you,Kindly,We want you to,Try to".split(",")


def salad(rng: random.Random, low: int, high: int) -> str:
    """A few words in no order, now and then with verbs and things among them."""
    return " ".join(rng.choice(rng.choice((PLAIN, PLAIN, VERBS, w.MANNER, w.OBJECT, w.TIMES))) for _ in range(rng.randint(low, high)))


def plain_salad(rng: random.Random, low: int, high: int) -> str:
    """The same without places in time or things, which may belong to a free text."""
    return " ".join(rng.choice(rng.choice((PLAIN, PLAIN, VERBS, w.MANNER))) for _ in range(rng.randint(low, high)))


def link(rng: random.Random) -> str:
    roll = rng.random()
    if roll < 0.35:
        return " " + rng.choice(VERBS) + " "
    if roll < 0.5:
        return rng.choice([", ", ": ", " - ", "; ", " and ", ", then ", " with ", " for ", " by ", " of "])
    return " " + salad(rng, 1, 4) + " "


def carrier(rng: random.Random, parts: list[str]) -> str:
    """A sentence in which the parts stand in random order among random words."""
    parts = rng.sample(parts, len(parts))
    text = parts[0]
    for part in parts[1:]:
        text += link(rng) + part
    if rng.random() < 0.6:
        lead = rng.choice(LEADS) if rng.random() < 0.6 else salad(rng, 1, 4)
        # A part that comes first keeps its case: it may be a value, to be copied letter by letter.
        text = f"{lead[0].upper()}{lead[1:]} {text}"
    text += rng.choice(TAILS) if rng.random() < 0.6 else " " + salad(rng, 1, 4)
    return text + rng.choice("...!")


def scattered(rng: random.Random, parts: list[str], salad=salad) -> str:
    """A prompt in which the parts stand in random order among a few words that mean nothing."""
    words = [salad(rng, 0, 2)]
    for part in rng.sample(parts, len(parts)):
        words += [part, salad(rng, 0, 3)]
    text = " ".join(" ".join(words).split())
    if rng.random() < 0.3:
        text = f"{rng.choice(LEADS)} {text}"
    return text[0].upper() + text[1:] + rng.choice(["?", "?", ".", ""])


def request(rng: random.Random, task: str, text: str) -> str:
    """A task (lower case, without a final mark) and the text it is about, in one of many orders and wordings."""
    gap = rng.choice([" ", " ", "\n", "\n\n"])
    mark = rng.choice([".", ".", ":", "?", "!"])
    opened = f"{rng.choice(OPEN)} {task}" if rng.random() < 0.5 else task
    opened = opened[0].upper() + opened[1:]
    roll = rng.random()
    if roll < 0.3:
        return f"{opened}{rng.choice(':.:?')}{gap}{text}"
    if roll < 0.55:
        return f"{text}{gap}{opened}{mark}"
    read = f"{rng.choice(READ)} {rng.choice(WHAT)}"
    if roll < 0.75:
        return f"{read}{rng.choice([' and ', ', then ', ', and then ', ' to '])}{task}{rng.choice(':.:')}{gap}{text}"
    if roll < 0.9:
        return f"{read}{rng.choice(':.:')}{gap}{text}{gap}{opened}{mark}"
    return f"{rng.choice(LEADS)} {salad(rng, 2, 6)}. {opened}{rng.choice(':.')}{gap}{text}"


def chatter(rng: random.Random) -> str:
    """A sentence said beside the point."""
    return fill(rng, rng.choice(CHATTER), f=rng.choice(w.FEELING))


CHATTER = [
    "{I am|We are|They are} {a little |quite |so |}<f>{ today| now|}.", "{My|Our|The} {brother|sister|neighbour|teacher|uncle|class|boss} {wants|needs|likes|asked} to {know|hear|see|read} {it|this|something new}.",
    "{This is|It is} {for|about} {my|our|a} {school|work|game|friend|daughter|quiz|book|homework}.", "I {have|had} {no|little} time{ today|}.", "{It came up|We spoke of it} {at lunch|at work|at home|in class}.",
]
