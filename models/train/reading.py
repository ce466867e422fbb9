"""Answers from a given passage and JSON extraction. Names and values are mostly made up, so that copying is learned."""

import json

from carriers import carrier, chatter, request
from pick import bucket, fill, item, made_up

FIRST = "Anna,Boris,Clara,David,Elena,Felix,Hanna,Igor,Julia,Kemal,Laura,Marco,Nadia,Oscar,Petra,Rafael,Sofia,Tariq,Ursula,Yusuf".split(",")
FIRST_HELD = "Beatrix,Casper,Dalia,Edmund,Fiona".split(",")
ITEMS = "lamp,bicycle,radio,table,blanket,camera,carpet,piano,mirror,ladder,bottle,jacket,watch,basket,printer".split(",")
ITEMS_HELD = "toaster,trumpet,wardrobe,telescope,hammock".split(",")
JOBS = "teacher,nurse,farmer,baker,driver,painter,lawyer,cook,pilot,writer,sailor,tailor".split(",")
JOBS_HELD = "plumber,dentist,florist,jeweller".split(",")
DAYS = "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday".split(",")
COLOURS = "red,blue,green,yellow,black,white,brown,grey,orange,purple".split(",")


def person(rng, held):
    return made_up(rng, held) if rng.random() < 0.6 else rng.choice(FIRST_HELD if held else FIRST)


def number(rng, low, high, held):
    while True:
        value = rng.randint(low, high)
        if (bucket(str(value)) == 0) == held:
            return value


# Each fact: the key, sentences (training; held out), questions (training; held out), a short answer.
FACTS = {
    "city": (["<n> lives in <v>.", "{The home of <n> is|<n> has a house in} <v>.", "<n> {moved to|comes from} <v>{ last year|}.", "These days <n> {can be found living|lives} in <v>."], ["Ask for <n> anywhere in <v>."],
             ["Where does <n> live?", "{In which|Which} {city|town} {does <n> live in|is the home of <n>}?", "{Tell me where|Say where} <n> lives.", "What is the {place|town} where <n> lives?"], ["Name the town that <n> calls home."], "<n> lives in <v>."),
    "job": (["<n> {is|works as} a <v>.", "<n> earns money as a <v>.", "{For years|Since May} <n> has been a <v>.", "Everybody knows <n> as a <v>."], ["The trade of <n> is that of a <v>."],
            ["What is the job of <n>?", "What does <n> do{ for a living|}?", "{What|Which} job does <n> have?", "What {kind of |}work does <n> do?"], ["By which trade is <n> known?"], "<n> is a <v>."),
    "age": (["<n> is <v> years old.", "<n> {turned|became} <v>{ this year|}.", "The age of <n> is <v>.", "At present <n> has an age of <v>{ years|}."], ["Counting the years, <n> reached <v>."],
            ["How old is <n>?", "What is the age of <n>?", "Tell me {how old <n> is|the age of <n>}.", "{What|Which} age does <n> have{ now|}?"], ["How many years does <n> count?"], "<n> is <v> years old."),
    "item": (["<n> {bought|owns|sold|has} a <v>.", "{In the shop|At the market} <n> found a <v>.", "<n> {carried|repaired} a <v>.", "On the way home <n> {picked up|lost} a <v>."], ["Thanks to luck <n> won a <v>."],
             ["What did <n> {buy|own|find|carry}?", "{What|Which} thing {belongs to|has} <n>?", "{What|Which} object {is with|goes with} <n>?", "{Which|What} object has to do with <n>?", "Name the {object|thing} of <n>."], ["What item is mentioned together with <n>?"], "It is a <v>."),
    "day": (["<n> {arrives|leaves|comes back} on <v>.", "The visit of <n> is on <v>.", "<n> has {a meeting|an exam|a lesson} on <v>.", "The plan of <n> is set for <v>."], ["Put <n> into the calendar for <v>."],
            ["{When|On which day} does <n> {arrive|leave|come}?", "{What|Which} day is {given|planned} for <n>?", "{When|On which day} is the {visit|meeting|lesson} of <n>?", "Which day is {set down|marked} for <n>?"], ["For which day should one note <n>?"], "It is on <v>."),
    "colour": (["The {door|house|boat|coat} of <n> is <v>.", "<n> {wears|likes|chose} <v>.", "The favourite colour of <n> is <v>.", "For the gate <n> {selected|took} <v>."], ["If you see something <v>, think of <n>."],
               ["{What|Which} colour {goes with|belongs to|is named for} <n>?", "What colour did <n> choose?", "What is the colour of <n>?", "{What|Which} colour has to do with <n>?"], ["Which colour makes one think of <n>?"], "The colour is <v>."),
    "code": (["The {code|number|key number} of <n> is <v>.", "<n> has the number <v>.", "{Remember|Note}: <n> uses code <v>.", "To reach <n>, {one must enter|enter} code <v>."], ["Dial code <v> and <n> will answer."],
             ["What is the {code|number} of <n>?", "{Which|What} {code|number} does <n> {have|use}?", "Tell me the {code|number} of <n>.", "Which code{ number|} was given for <n>?"], ["Which code leads one to <n>?"], "The code is <v>."),
}


# For sentences and questions made at random: how the value may stand, and words that name the key.
PARTS = {
    "city": "{in|from|at|near|to|around|all over} <v>", "job": "{a|the|as a|like a|of a} <v>{| by trade| by profession}", "age": "{<v> years|<v> years old|aged <v>|age <v>|the age of <v>}", "item": "{a|the|one|this|that} <v>", "day": "{on|for|by|until|} <v>",
    "colour": "{<v>|all <v>|something <v>|<v> paint|the colour <v>}", "code": "{code <v>|number <v>|the code <v>|the number <v>|<v>}",
}
KEYWORDS = {
    "city": "city,town,home,place of living,home town,place,residence,address".split(","), "job": "job,trade,profession,work,occupation,craft,business,employment".split(","), "age": "age,years,number of years,years of age,years of life".split(","),
    "item": "thing,object,item,article,belongings,property".split(","), "day": "day,date,weekday,day of the week,appointment".split(","), "colour": "colour,paint,shade,colour mentioned".split(","), "code": "code,number,secret code,digits,key number".split(","),
}
QUESTIONS = [
    "{Which|What} <k> {fits|suits|has|concerns|goes with|is given for|is tied to|is said of|comes with|is linked to|stands beside|is noted for} <n>?", "{Say|State|Report|Find|Give|Look up|Tell us|Show|Repeat|I seek} {the|which|what} <k> {of|for|that goes with|linked to|concerning|next to} <n>.",
    "{By|For|With|Under|Through|Of|To} {which|what} <k> {is|was|does one know|do we know|can one find|may one reach} <n>{| known| found| remembered}?", "<n>{:|,| -} {which|what} <k>?", "{And|But|So} the <k> of <n>?", "{About|Concerning|As for} <n>: {the|which|what} <k>{?|, please.}",
]
IN_WORDS = {
    "city": ["Where {can I find|should I visit|might one meet|is|did they see|do you find} <n>?"], "job": ["{How does <n> earn money|What is <n> by trade|What does <n> work as|As what is <n> employed}?"], "age": ["How {many years|old} {has|is|was|did they call} <n>?", "How many {years|birthdays} {has|did|does} <n> {have|reach|see|list}?"],
    "item": ["What {has|holds|got|took|did they give} <n>?"], "day": ["When {should I|will we|do they|can we} {see|meet|expect|await} <n>?"], "colour": ["{In|Of} {which|what} {colour|shade} {is|was} {the thing of |}<n>?"], "code": ["How {can|do} I {dial|reach|call|ring} <n>?"],
}


def told_as(rng, held, n, k, v):
    if held or rng.random() < 0.5:
        return fill(rng, rng.choice(FACTS[k][1 if held else 0]), n=n, v=v)
    return carrier(rng, [n, fill(rng, PARTS[k], v=v)])


def asked_as(rng, held, n, k):
    roll = rng.random()
    if held or roll < 0.45:
        return fill(rng, rng.choice(FACTS[k][3 if held else 2]), n=n)
    if roll < 0.6:
        return fill(rng, rng.choice(IN_WORDS[k]), n=n)
    return fill(rng, rng.choice(QUESTIONS), k=rng.choice(KEYWORDS[k]), n=n)


def put_question(rng, held, text, question):
    """The passage and the first question as one prompt."""
    roll = rng.random()
    if held or roll < 0.45:
        return fill(rng, rng.choice(PASSAGE_ASK_HELD if held else PASSAGE_ASK), p=text, q=question)
    if roll < 0.75:
        return f"{chatter(rng)} {text}{rng.choice([' ', chr(10)])}{rng.choice(['', '', chatter(rng) + ' '])}{question}"
    return request(rng, rng.choice(["answer this", "reply", "answer", "tell me", "say"]) + ": " + question.rstrip(".?"), text)


def value(rng, key, held):
    if key == "city":
        return made_up(rng, held)
    if key in ("age", "code"):
        return number(rng, *((18, 99) if key == "age" else (100, 9999)), held)
    return DRAW[key](rng, held)


def thing(rng, held, known, unseen):
    """A word from the list; in training half of the time a made-up one, so that it has to be copied."""
    if held:
        return rng.choice(unseen)
    return made_up(rng, False, capital=False) if rng.random() < 0.5 else rng.choice(known)


DRAW = {
    "job": lambda rng, held: thing(rng, held, JOBS, JOBS_HELD),
    "item": lambda rng, held: thing(rng, held, ITEMS, ITEMS_HELD),
    "day": lambda rng, held: rng.choice(DAYS),
    "colour": lambda rng, held: rng.choice(COLOURS),
}


PASSAGE_ASK = [
    "{Read this|Here is a text|Passage|Text|Context|Use this text}: <p>{ |\n}{Question: |}<q>", "<p>{ |\n|\n\n}{Question: |Q: |}<q>", "{Answer from the text.|Use only the text.|Answer the question.} <p>{ |\n}<q>",
    "<q>{ |\n}{Text|Passage|Context}: <p>",
]
PASSAGE_ASK += [
    "{Take this note|I was told|I read this|Look at this|A friend wrote}: <p> {Now answer: |So, |Now: |My question: |}<q>", "{Here are some facts|Some notes|News}: <p>{ |\n}<q>", "{According to this text|From this passage}: <p>{ |\n}<q>",
    "<p> {Tell me: |So: |Please say: }<q>",
]
PASSAGE_ASK_HELD = ["The story goes like this: <p> One thing I ask: <q>", "Study these lines. <p> Then reply: <q>"]
SILENT = "The passage does not say."


def passage(rng, held, filler=None):
    return passage_talk(rng, held, filler, 1)[0]


def passage_talk(rng, held, filler=None, questions=1):
    """Two to five facts about two or three people, then questions; one in five has no answer in the passage."""
    names = []
    while len(names) < rng.choice((2, 2, 3)):
        name = person(rng, held)
        if name not in names:
            names.append(name)
    pairs = [(n, k) for n in names for k in FACTS]
    told = rng.sample(pairs, rng.choice((2, 3, 3, 4, 5)))
    values = {pair: value(rng, pair[1], held) for pair in told}
    sentences = [told_as(rng, held, n, k, values[n, k]) for n, k in told]
    if filler:
        where = rng.randrange(len(filler) + 1)
        sentences = filler[:where] + sentences + filler[where:]
    turns = []
    for turn in range(questions):
        missing = rng.random() < 0.2
        n, k = rng.choice([p for p in pairs if p not in told] if missing else told)
        prompt = asked_as(rng, held, n, k)
        if turn == 0:
            prompt = put_question(rng, held, " ".join(sentences), prompt)
        skill = "long passage" if filler else "passage"
        if missing:
            turns.append(item(skill, prompt, SILENT, kind="refusal"))
        else:
            turns.append(item(skill, prompt, fill(rng, FACTS[k][4], n=n, v=values[n, k]), kind="has", text=str(values[n, k])))
    return turns


ORDERS = [
    (["name", "city"], ["My name is <name> and I live in <city>.", "<name> {lives in|comes from|moved to} <city>.", "Hello, {this is|I am} <name> from <city>.", "The letter was posted by <name>, a resident of <city>."], ["We know <name>, whose home is <city>."]),
    (["name", "age"], ["<name> is <age> years old.", "I am <name>, {aged <age>|<age> years old}.", "{At <age>|Aged <age>}, <name> {retired|travelled|married}.", "The doctor noted <name>, whose age was <age>."], ["<name> celebrated: <age> years of life."]),
    (["name", "age", "city"], ["<name>, <age>, {lives in|comes from} <city>.", "I am <name>, <age> years old, and I live in <city>.", "{In <city>|From <city>}: <name>, aged <age>.", "A visitor from <city> called <name> gave an age of <age>."], ["In the book of guests: <name>, <age> years, home town <city>."]),
    (["item", "quantity"], ["{I want|Please send|We need|I would like} <quantity> <item>s.", "Order: <quantity> <item>s{, please|}.", "They {ordered|bought} <quantity> <item>s{ today|}.", "The shop should reserve <quantity> <item>s for us."], ["Count <quantity> <item>s and send them over."]),
    (["item", "price"], ["The <item> costs <price> {euros|dollars|coins}.", "{We sell|I sold} a <item> for <price>{ coins|}.", "Price of the <item>: <price>.", "Somebody paid <price> coins to take home a <item>."], ["You must pay <price> before you may keep the <item>."]),
    (["name", "item", "price"], ["<name> {bought|sold} a <item> for <price>{ coins|}.", "{Invoice|Bill} for <name>: one <item>, <price> coins.", "A <item> was sold to <name> for <price>.", "It took <price> coins before <name> let the <item> go."], ["<name> asked <price> for the <item> and got it."]),
    (["name", "job"], ["<name> {is|works as} a <job>.", "The <job> is called <name>.", "{Meet|This is} <name>, our <job>.", "We were introduced to a <job> by the name of <name>."], ["Whoever needs a <job> goes to <name>."]),
    (["name", "day"], ["<name> {arrives|leaves} on <day>.", "{Meeting|Lunch|Call} with <name> on <day>.", "On <day>, <name> will {visit us|come|play}.", "Please expect <name> some time on <day>."], ["<day> is when <name> wants to see us."]),
]
JSON_ASK = [
    "{Extract|Get|Pull out} {<f>|the <f>}{ as JSON| in JSON|, as JSON}{:| from:| from this text:} <x>", "{Return|Give me|Write} {a|} JSON {object |}with <f>{:| for:| from:} <x>",
    "<x> {Extract|Return|Give me} <f> as JSON.", "JSON with <f>: <x>", "{Turn|Convert} {this|the text} {in|}to JSON with <f>: <x>", "{Find|Take} <f> in {this|the} text{ and answer in|, answer with} JSON: <x>",
]
JSON_ASK += [
    "I {need|want} {a|} JSON {object |}{holding|with|of} <f>. {The text is|The text|From}: <x>", "Text: <x> {Now put|Put|Write} <f> {into|in|as} JSON.", "{Make|Build|Produce} {a|} JSON {object |}{from|out of} {this|the text}, keys <f>: <x>",
    "<x> {Now|Please} {put|write|extract} <f> {into|as} JSON.", "{Here is|I have} a {text|message|note}: <x> {Extract|Give me} <f> as JSON.",
]
JSON_ASK_HELD = ["My program wants JSON. Read this and fill in <f>: <x>", "From the line below take <f> and answer in JSON. <x>"]

JSON_PARTS = {
    "name": "<v>", "city": "{in|from|at|near|to|of the town|the city of} <v>", "age": "{<v>|<v> years|aged <v>|<v> years old|age <v>}", "price": "{<v>|<v> coins|for <v>|<v> euros|at <v>|a price of <v>}", "item": "{a|the|one|this} <v>",
    "job": "{a|the|as a|our} <v>", "day": "{on|for|by|until|} <v>",
}
JSON_TASK = [
    "{write|put|give|fill|return|collect|list|gather|take|report|state|show|note|find|pick} <f> {as JSON|in JSON|into JSON|in a JSON object|as a JSON object|in the form of JSON|and answer as JSON|and reply in JSON}", "{make|build|give me|return|I want|send|create} {JSON|a JSON object|one JSON object|some JSON} {of|with|for|holding|that holds|from} <f>",
    "{answer|reply} {in|with|by} JSON{ only| alone|}{:|,| with} <f>", "{I need|my program needs|the computer needs|we want} JSON{:|, namely| with|, keys} <f>", "<f> {in|as} JSON",
]


def json_text(rng, keys, values):
    """A sentence with the values among random words; a quantity stands before its item."""
    parts = [fill(rng, JSON_PARTS[k], v=values[k]) for k in keys if k in JSON_PARTS and not (k == "item" and "quantity" in keys)]
    if "quantity" in keys:
        parts.append(f"{values['quantity']} {values['item']}s")
    return carrier(rng, parts)


def extraction(rng, held):
    keys, sentences, sentences_held = rng.choice(ORDERS)
    source = {
        "name": lambda: person(rng, held), "city": lambda: made_up(rng, held), "age": lambda: number(rng, 18, 99, held), "quantity": lambda: number(rng, 2, 60, held),
        "price": lambda: number(rng, 2, 999, held), "item": lambda: value(rng, "item", held), "job": lambda: value(rng, "job", held), "day": lambda: rng.choice(DAYS),
    }
    values = {k: source[k]() for k in keys}
    text = fill(rng, rng.choice(sentences_held if held else sentences), **values) if held or rng.random() < 0.4 else json_text(rng, keys, values)
    order = rng.sample(keys, len(keys))
    names = " and ".join(order) if len(order) == 2 else f"{order[0]}, {order[1]} and {order[2]}"
    if held or rng.random() < 0.5:
        prompt = fill(rng, rng.choice(JSON_ASK_HELD if held else JSON_ASK), f=names, x=text)
    else:
        prompt = request(rng, fill(rng, rng.choice(JSON_TASK), f=names), text)
    chosen = {k: values[k] for k in order}
    return item("json", prompt, json.dumps(chosen), kind="json", value=chosen)
