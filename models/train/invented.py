"""Words of every shape, so that a value can only be copied and not known: random letters, random tokens, likely-looking words and real ones."""

import json
from pathlib import Path

import nouns
import words as w

TOKENIZER = Path(__file__).parent.parent / "tokenizer.json"
PIECES = sorted({t.lstrip("Ġ") for t in json.loads(TOKENIZER.read_text())["model"]["vocab"] if t.lstrip("Ġ").isascii() and t.lstrip("Ġ").isalpha()})
STARTS = "b,bl,br,c,ch,cl,cr,d,dr,f,fl,fr,g,gl,gr,h,j,k,kn,l,m,n,p,ph,pl,pr,qu,r,s,sc,sh,sk,sl,sm,sn,sp,spr,st,str,sw,t,th,tr,tw,v,w,wh,y,z,,".split(",")
MIDDLES = "a,e,i,o,u,a,e,i,o,u,ai,ea,ee,ie,oa,oo,ou,ow,y,au,oi,ei,ue".split(",")
ENDS = ",,,b,ck,ct,d,f,ft,g,l,ld,lk,ll,lm,lt,m,mb,mp,n,nd,ng,nk,nt,p,r,rb,rd,rk,rm,rn,rst,rt,s,sh,sk,ss,st,t,tch,th,tt,x,z,dge,ve,ce,ne,le".split(",")
TAILS = "er,ing,or,man,ist,ton,ling,let,ric,ette,ow,ard,ley,ster,ment,wood,ford,ian,us,ia,ine,berg,son,ie,o,a,el,is,um,pe,phone,board,ond,bury,ville,land,smith,maker,bert,win".split(",")
REAL = sorted({*nouns.THINGS, *nouns.TRADES, *nouns.SHADES, *(word.lower() for word in (*nouns.GIVEN, *nouns.TOWNS)), *w.OBJECT, *w.ROLES, *w.GOODS, *w.FOOD, *w.ANIMAL, *w.PLACES, *w.FEELING, *w.OBJECT_TRAIT, *w.PLACE_TRAIT, *w.PEOPLE_TRAIT})
# Held-out entities in lower case: a value of training is none of them.
KEPT_OUT = set(
    "beatrix,casper,dalia,edmund,fiona,toaster,trumpet,wardrobe,telescope,hammock,plumber,dentist,florist,jeweller,greta,victor,salma,bruno,marbles,shells,ribbons,pears,opera,scooter,blender,pizza,carnival,kettle,podcast,ferry,spider,octopus,lizard,kangaroo,beetle,"
    "insects,painters,volcanoes,cheeses,dances,shakespeare,beethoven,galileo,evolution,inflation,chemistry,teapot,violin,pepper,mountain,camera,saddle,pillow,whistle,anchor,biscuit,beekeeper,lighthouse,violinist,astronomer,cobbler,monastery,shipyard,vineyard,"
    "mongolia,botswana,mozambique,tunisia,eritrea,bangladesh,myanmar,bahrain,uzbekistan,nicaragua,suriname,vanuatu,slovakia,andorra,barbados,lesotho".split(",")
)


def letters(rng) -> str:
    if rng.random() < 0.5:
        return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(3, 8)))
    return "".join(rng.choice("aeiou" if (n + rng.random() < 0.2) % 2 else "bcdfghjklmnpqrstvwxyz") for n in range(rng.randint(4, 9)))


def pieces(rng) -> str:
    return "".join(rng.choice(PIECES) for _ in range(rng.choice((1, 2, 2, 2, 3, 3, 4)))).lower()[:14]


def likely(rng) -> str:
    text = "".join(rng.choice(STARTS) + rng.choice(MIDDLES) + rng.choice(ENDS) for _ in range(rng.choice((1, 1, 1, 2, 2))))
    return text + (rng.choice(TAILS) if rng.random() < 0.6 else "")


def word(rng) -> str:
    """One word in lower case (a real one may hold a space), none of the held-out ones."""
    while True:
        roll = rng.random()
        made = letters(rng) if roll < 0.2 else pieces(rng) if roll < 0.48 else likely(rng) if roll < 0.78 else rng.choice(REAL)
        if len(made) > 2 and not KEPT_OUT & set(made.split(" ")):
            return made


def title(text: str) -> str:
    return " ".join(part[0].upper() + part[1:] for part in text.split(" "))
