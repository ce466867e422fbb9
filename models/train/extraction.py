"""JSON extraction: named values out of a text. Which value goes to which key must be read from the text; hardly a value occurs twice."""

import json

import invented
from carriers import carrier, chatter, request, salad
from pick import fill, item, made_up
from reading import COLOURS, DAYS, number, person, value

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
# In training, counted things stand for more: their word is to be taken out of its plural.
FORMS = ORDERS + [form for form in ORDERS if "quantity" in form[0]] * 2
ASK = [
    "{Extract|Get|Pull out} {<f>|the <f>}{ as JSON| in JSON|, as JSON}{:| from:| from this text:} <x>", "{Return|Give me|Write} {a|} JSON {object |}with <f>{:| for:| from:} <x>",
    "<x> {Extract|Return|Give me} <f> as JSON.", "JSON with <f>: <x>", "{Turn|Convert} {this|the text} {in|}to JSON with <f>: <x>", "{Find|Take} <f> in {this|the} text{ and answer in|, answer with} JSON: <x>",
    "I {need|want} {a|} JSON {object |}{holding|with|of} <f>. {The text is|The text|From}: <x>", "Text: <x> {Now put|Put|Write} <f> {into|in|as} JSON.", "{Make|Build|Produce} {a|} JSON {object |}{from|out of} {this|the text}, keys <f>: <x>",
    "<x> {Now|Please} {put|write|extract} <f> {into|as} JSON.", "{Here is|I have} a {text|message|note}: <x> {Extract|Give me} <f> as JSON.", "JSON, {fields|keys|entries}: <f>. {Source|Input|Line|Sentence}: <x>", "{Sentence|Line|Input|Message}: <x>\n{Keys|Fields|Output JSON|JSON keys}: <f>",
]
ASK_HELD = ["My program wants JSON. Read this and fill in <f>: <x>", "From the line below take <f> and answer in JSON. <x>"]
TASK = [
    "{write|put|give|fill|return|collect|list|gather|take|report|state|show|note|find|pick} <f> {as JSON|in JSON|into JSON|in a JSON object|as a JSON object|in the form of JSON|and answer as JSON|and reply in JSON}", "{make|build|give me|return|I want|send|create} {JSON|a JSON object|one JSON object|some JSON} {of|with|for|holding|that holds|from} <f>",
    "{answer|reply} {in|with|by} JSON{ only| alone|}{:|,| with} <f>", "{I need|my program needs|the computer needs|we want} JSON{:|, namely| with|, keys} <f>", "<f> {in|as} JSON",
]
# How a value shows what it is without its key being named.
CUES = {
    "name": ["<v>", "<v>", "{called|named|a certain|our friend|the guest|dear|signed by|by|thanks to|a note from|greetings from} <v>", "{it was|here comes|we met|I saw|ask for|they know} <v>", "<v> {came|wrote|called|was there|is the one|did it|himself|herself|alone}", "<v>, {as you know|my cousin|a friend|of course}"],
    "city": ["{in|from|at|near|to|of the town|the city of|at home in|born in|a native of|sent from|on the road to|outside|who left|settled in|all over|with a flat in} <v>", "<v>, {a town|a city|far from here|on the river}", "<v> is {the town|the place|where it was}"],
    "age": ["{<v> years|aged <v>|<v> years old|age <v>|at the age of <v>|just turned <v>|now <v> years of age|<v> years on earth|<v> candles on the cake|born <v> years ago|with <v> birthdays}"],
    "price": ["{<v> coins|for <v> coins|<v> euros|at <v> dollars|a price of <v>|costing <v>|priced at <v>|worth <v> coins|paid <v>|asking <v> pounds|charging <v>|<v> in cash|on sale for <v>|a bill of <v>|for the sum of <v>}"],
    "item": ["{a|the|one|this|that|a|the|his|her|no other} <v>", "the <v> {in question|over there|itself}", "a <v>, {of all things|as ordered}"],
    "job": ["{as a|the|our|a|as the|a good|once a|hired as a|trained as a|employed as a|the local} <v>", "a <v> {by trade|by profession|of great skill}"],
    "day": ["{on|by|until|next|every|since|not before|this|last|for} <v>", "<v> {morning|evening|is the day|it was}"],
}
# Keys of all sorts, in training alone, and the kind of value each takes.
KEYS = {
    "person": "owner,guest,author,driver,captain,friend,sender,buyer,seller,customer,patient,pupil,winner,surname,contact,user".split(","), "place": "town,village,country,street,harbour,island,address,station,birthplace,region,destination,origin".split(","),
    "thing": "product,tool,gift,object,cargo,title,brand,dish,drink,animal,hobby,model,material,instrument,subject,category,pet,goods".split(","), "trade": "trade,profession,role,position,occupation".split(","),
    "shade": "colour,shade,paint".split(","), "when": "date,weekday,due,deadline,start".split(","), "number": "year,height,weight,length,room,floor,seat,speed,code,points,number,distance,count,cost,amount,id,total,stock,score,size".split(","),
}
NAMED = ["{the |}<k> {is|was|:|=|being} <v>", "<k>: <v>", "<k> <v>", "<v> {as|for} {the |a |}<k>", "<v> is {the|its|our} <k>", "with <v> as <k>", "<v> (<k>)", "{its|their|the} <k>, <v>,", "<k> = <v>", "{we have|you see|note} <v>, the <k>,"]
COUNTED = ["{sort|pack|order|weigh|sell|bring} <q> <i>s", "<q> <i>s", "<q> <i>s", "<q> <i>s", "<q> of those <i>s", "<i>s, <q> {pieces|in number|of them}", "<q> pieces of the <i>"]


def draw(rng, kind):
    if kind in ("name", "person"):
        return person(rng, False)
    if kind in ("city", "place"):
        return made_up(rng, False)
    if kind in ("item", "thing", "job", "trade"):
        return value(rng, "item" if kind in ("item", "thing") else "job", False)
    if kind in ("day", "when"):
        return rng.choice(DAYS) if kind == "day" or rng.random() < 0.5 else f"{rng.randint(1, 28)} {rng.choice(['May', 'June', 'March', 'July', 'April'])}"
    if kind == "shade":
        return rng.choice(COLOURS) if rng.random() < 0.3 else rng.choice(invented.nouns.SHADES)
    low, high = {"age": (18, 99), "quantity": (2, 60), "price": (2, 999)}.get(kind, rng.choice([(1, 99), (100, 999), (1000, 99999)]))
    return number(rng, low, high, False)


def shown(rng, key, text, named):
    return fill(rng, rng.choice(NAMED if named or key not in CUES else CUES[key]), k=key, v=text)


def told(rng, values, named):
    """The values in a text of random shape and order."""
    parts = [shown(rng, key, v, key in named) for key, v in values.items() if key not in ("item", "quantity") or "quantity" not in values]
    if "quantity" in values:
        parts.append(fill(rng, rng.choice(COUNTED), q=values["quantity"], i=values["item"]))
    rng.shuffle(parts)
    roll = rng.random()
    if roll < 0.5:
        return carrier(rng, parts)
    if roll < 0.7:
        return ". ".join([*parts, *([salad(rng, 2, 6)] if rng.random() < 0.4 else [])]) + "."
    if roll < 0.85:
        return rng.choice([", ", "; ", " and ", " / ", " - ", "\n"]).join(parts) + rng.choice([".", "", "!"])
    return f"{chatter(rng)} {carrier(rng, parts)} {chatter(rng)}" if rng.random() < 0.5 else f"{carrier(rng, parts)} {salad(rng, 3, 8)}."


def listed(rng, keys):
    plain = rng.random()
    if plain < 0.7:
        words = [f"the {key}" for key in keys] if rng.random() < 0.1 else keys
        return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return rng.choice([", ", " + ", "; ", " and ", " / "]).join(f'"{key}"' if plain < 0.85 else key for key in keys)


def record(rng):
    """The keys and values of a made-up record, and which keys its text has to name."""
    if rng.random() < 0.55:
        keys = rng.choice(FORMS)[0] if rng.random() < 0.6 else rng.sample(["name", "city", "age", "item", "price", "job", "day"], rng.randint(2, 4))
        return {key: draw(rng, key) for key in keys}, {key for key in keys if key not in CUES or rng.random() < 0.1} - {"quantity", "item"}
    values = {}
    for kind in rng.sample(sorted(KEYS), rng.randint(2, 4)):
        values[made_up(rng, False, capital=False).replace(" ", "_") if rng.random() < 0.15 else rng.choice(KEYS[kind])] = draw(rng, kind)
    return values, set(values)


def extraction(rng, held):
    if held or rng.random() < 0.2:
        return plain(rng, held)
    values, named = record(rng)
    wanted = rng.sample(list(values), len(values))
    if len(wanted) > 2 and rng.random() < 0.3:
        wanted = wanted[: rng.randint(1, len(wanted) - 1)]
    if rng.random() < 0.25:
        key = rng.choice([k for kind in ("place", "thing", "number", "shade") for k in KEYS[kind] if k not in values])
        aside = {key: draw(rng, next(kind for kind, keys in KEYS.items() if key in keys))}
        text = f"{told(rng, values, named)} {told(rng, aside, set(aside))}" if rng.random() < 0.5 else told(rng, {**values, **aside}, {*named, key})
    else:
        text = told(rng, values, named)
    names = listed(rng, wanted)
    prompt = fill(rng, rng.choice(ASK), f=names, x=text) if rng.random() < 0.45 else request(rng, fill(rng, rng.choice(TASK), f=names), text)
    chosen = {key: values[key] for key in wanted}
    return item("json", prompt, json.dumps(chosen), kind="json", value=chosen)


def plain(rng, held):
    """A record in one of the fixed sentences, the only ones with a held-out form."""
    keys, sentences, sentences_held = rng.choice(ORDERS if held else FORMS)
    source = {
        "name": lambda: person(rng, held), "city": lambda: made_up(rng, held), "age": lambda: number(rng, 18, 99, held), "quantity": lambda: number(rng, 2, 60, held),
        "price": lambda: number(rng, 2, 999, held), "item": lambda: value(rng, "item", held), "job": lambda: value(rng, "job", held), "day": lambda: rng.choice(DAYS),
    }
    values = {k: source[k]() for k in keys}
    text = fill(rng, rng.choice(sentences_held if held else sentences), **values)
    order = rng.sample(keys, len(keys))
    prompt = fill(rng, rng.choice(ASK_HELD if held else ASK), f=listed(rng, order) if not held else f"{', '.join(order[:-1])} and {order[-1]}", x=text)
    chosen = {k: values[k] for k in order}
    return item("json", prompt, json.dumps(chosen), kind="json", value=chosen)
