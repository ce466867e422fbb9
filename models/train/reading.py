"""Answers from a given passage. Names and values are mostly made up, so that copying is learned."""

import invented
from carriers import carrier, chatter, request, salad
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
    if held:
        return made_up(rng, held) if rng.random() < 0.6 else rng.choice(FIRST_HELD)
    roll = rng.random()
    if roll < 0.1:
        return f"{rng.choice(invented.nouns.GIVEN)} {made_up(rng, False)}"
    return made_up(rng, False) if roll < 0.6 else rng.choice(FIRST) if roll < 0.7 else rng.choice(invented.nouns.GIVEN)


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


# Kinds that only training has, in the same form but without held-out wording.
MORE = {
    "drink": (["<n> {drinks|orders|likes|asked for} <v>.", "The {drink|favourite drink} of <n> is <v>.", "For breakfast <n> {pours|takes} <v>."], [], ["What does <n> {drink|like to drink|order}?", "Which drink {does <n> like|is for <n>}?"], [], "<n> drinks <v>."),
    "pet": (["<n> {keeps|feeds|owns|has} a <v> as a pet.", "The pet of <n> is a <v>.", "With a <v> at home, <n> is never alone."], [], ["{What|Which} {pet|animal} does <n> {keep|have|own}?", "What is the pet of <n>?"], [], "<n> has a <v>."),
    "team": (["<n> {plays for|belongs to|joined} <v>.", "The {team|club} of <n> is <v>.", "<v> {is glad to have|has a player in} <n>."], [], ["{What|Which} {team|club} {does <n> play for|is that of <n>}?", "For whom does <n> play?"], [], "<n> plays for <v>."),
    "teacher": (["<n> {learns from|is a pupil of|was taught by} <v>.", "The teacher of <n> is <v>.", "<v> {teaches|trains} <n>."], [], ["Who {teaches|trains} <n>?", "Who is the teacher of <n>?", "From whom does <n> learn?"], [], "The teacher of <n> is <v>."),
    "price": (["<n> {paid|owes|earned|saved|spent} <v> coins.", "The {bill|debt} of <n> is <v> coins.", "It cost <n> <v> coins."], [], ["How {much|many coins} did <n> {pay|spend|save|earn}?", "What {is the bill of|did it cost} <n>?"], [], "It is <v> coins."),
    "room": (["<n> {sleeps|sits|waits|works} in room <v>.", "The room of <n> is <v>.", "Room <v> {is for|belongs to} <n>."], [], ["{Which|What} room {is that of|does} <n>{ have|}?", "In which room {is|can I find} <n>?"], [], "It is room <v>."),
    "song": (["<n> {sings|wrote|hums|loves} the song <v>.", "The song of <n> is <v>.", "On stage <n> performed <v>."], [], ["{What|Which} song {does <n> sing|is by <n>}?", "What did <n> {sing|perform}?"], [], "The song is <v>."),
}
# For sentences and questions made at random: how the value may stand, and words that name the key.
PARTS = {
    "city": "{in|from|at|near|to|around|all over} <v>", "job": "{a|the|as a|like a|of a} <v>{| by trade| by profession}", "age": "{<v> years|<v> years old|aged <v>|age <v>|the age of <v>}", "item": "{a|the|one|this|that} <v>", "day": "{on|for|by|until|} <v>",
    "colour": "{<v>|all <v>|something <v>|<v> paint|the colour <v>}", "code": "{code <v>|number <v>|the code <v>|the number <v>|<v>}",
    "drink": "{a cup of|some|a glass of} <v>", "pet": "{a|the} <v>{ on a lead| in a cage|, the pet}", "team": "{for|with|in} {team|club} <v>", "teacher": "{teacher|the teacher|taught by} <v>", "price": "{<v> coins|for <v> coins|<v> in coins}", "room": "{room <v>|in room <v>}", "song": "{the song|singing} <v>",
}
KEYWORDS = {
    "city": "city,town,home,place of living,home town,place,residence,address".split(","), "job": "job,trade,profession,work,occupation,craft,business,employment".split(","), "age": "age,years,number of years,years of age,years of life".split(","),
    "item": "thing,object,item,article,belongings,property".split(","), "day": "day,date,weekday,day of the week,appointment".split(","), "colour": "colour,paint,shade,colour mentioned".split(","), "code": "code,number,secret code,digits,key number".split(","),
    "drink": ["drink", "favourite drink"], "pet": ["pet", "animal"], "team": ["team", "club"], "teacher": ["teacher"], "price": ["sum", "price", "bill"], "room": ["room"], "song": ["song", "tune"],
}
QUESTIONS = [
    "{Which|What} <k> {fits|suits|has|concerns|goes with|is given for|is tied to|is said of|comes with|is linked to|stands beside|is noted for} <n>?", "{Say|State|Report|Find|Give|Look up|Tell us|Show|Repeat|I seek} {the|which|what} <k> {of|for|that goes with|linked to|concerning|next to} <n>.",
    "{By|For|With|Under|Through|Of|To} {which|what} <k> {is|was|does one know|do we know|can one find|may one reach} <n>{| known| found| remembered}?", "<n>{:|,| -} {which|what} <k>?", "{And|But|So} the <k> of <n>?", "{About|Concerning|As for} <n>: {the|which|what} <k>{?|, please.}",
]
IN_WORDS = {
    "city": ["Where {can I find|should I visit|might one meet|is|did they see|do you find} <n>?"], "job": ["{How does <n> earn money|What is <n> by trade|What does <n> work as|As what is <n> employed}?"], "age": ["How {many years|old} {has|is|was|did they call} <n>?", "How many {years|birthdays} {has|did|does} <n> {have|reach|see|list}?"],
    "item": ["What {has|holds|got|took|did they give} <n>?"], "day": ["When {should I|will we|do they|can we} {see|meet|expect|await} <n>?"], "colour": ["{In|Of} {which|what} {colour|shade} {is|was} {the thing of |}<n>?"], "code": ["How {can|do} I {dial|reach|call|ring} <n>?"],
}


KINDS = {**FACTS, **MORE}


def told_as(rng, held, n, k, v):
    if held or rng.random() < 0.5:
        return fill(rng, rng.choice(KINDS[k][1 if held else 0]), n=n, v=v)
    return carrier(rng, [n, fill(rng, PARTS[k], v=v)])


def asked_as(rng, held, n, k):
    roll = rng.random()
    if held or roll < 0.35:
        return fill(rng, rng.choice(KINDS[k][3 if held else 2]), n=n)
    if roll < 0.5 and k in IN_WORDS:
        return fill(rng, rng.choice(IN_WORDS[k]), n=n)
    word = rng.choice(KEYWORDS[k])
    if roll < 0.75:
        # The name and the word for the kind among any others, in either order.
        parts = rng.sample([n, fill(rng, "{which|what|the|of which|by which|for which|the} <k>", k=word)], 2)
        text = f"{rng.choice(['', '', 'tell me', 'name', 'say', 'state', salad(rng, 1, 2)])} {parts[0]} {salad(rng, 0, 3)} {parts[1]} {salad(rng, 0, 2)}"
        text = " ".join(text.split())
        return text[0].upper() + text[1:] + rng.choice("??.")
    return fill(rng, rng.choice(QUESTIONS), k=word, n=n)


def put_question(rng, held, text, question):
    """The passage and the first question as one prompt."""
    roll = rng.random()
    if held or roll < 0.45:
        return fill(rng, rng.choice(PASSAGE_ASK_HELD if held else PASSAGE_ASK), p=text, q=question)
    if roll < 0.7:
        before, after = rng.choice(["", chatter(rng), salad(rng, 2, 6) + rng.choice(":.")]), rng.choice(["", "", chatter(rng), salad(rng, 1, 5) + rng.choice(":,.")])
        return f"{before} {text}{rng.choice([' ', chr(10)])}{after} {question}".strip().replace("  ", " ")
    return request(rng, rng.choice(["answer this", "reply", "answer", "tell me", "say"]) + ": " + question.rstrip(".?"), text)


def value(rng, key, held):
    if key == "city":
        return made_up(rng, held) if held or rng.random() < 0.9 else rng.choice(invented.nouns.TOWNS)
    if key in MORE:
        return number(rng, 2, 999, held) if key in ("price", "room") else made_up(rng, held, capital=rng.random() < 0.3)
    if key in ("age", "code"):
        return number(rng, *((18, 99) if key == "age" else (100, 9999)), held)
    return DRAW[key](rng, held)


def thing(rng, held, known, unseen, wide):
    """A word from the list; in training mostly one of any shape, so that it has to be copied."""
    if held:
        return rng.choice(unseen)
    roll = rng.random()
    return made_up(rng, False, capital=False) if roll < 0.6 else rng.choice(wide) if roll < 0.85 else rng.choice(known)


def shade(rng, held):
    return rng.choice(COLOURS) if held or rng.random() < 0.4 else made_up(rng, False, capital=False) if rng.random() < 0.4 else rng.choice(invented.nouns.SHADES)


DRAW = {
    "job": lambda rng, held: thing(rng, held, JOBS, JOBS_HELD, invented.nouns.TRADES),
    "item": lambda rng, held: thing(rng, held, ITEMS, ITEMS_HELD, invented.nouns.THINGS),
    "day": lambda rng, held: rng.choice(DAYS),
    "colour": shade,
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


def chosen_facts(rng, held, names):
    """Who and what a passage tells of, and who and what it does not. In half of training's passages everybody has the same kinds of fact."""
    if not held and rng.random() < 0.5:
        kinds = rng.sample(sorted(KINDS), rng.choice((1, 1, 2)))
        told = [(n, k) for n in names for k in kinds]
        if len(told) > 2 and rng.random() < 0.4:
            told.pop(rng.randrange(len(told)))
        other = rng.sample(sorted(set(KINDS) - set(kinds)), 2)
        rng.shuffle(told)
        return told, [(n, k) for n in names for k in kinds + other if (n, k) not in told]
    kinds = FACTS if held or rng.random() < 0.6 else KINDS
    pairs = [(n, k) for n in names for k in kinds]
    told = rng.sample(pairs, rng.choice((2, 3, 3, 4, 5)))
    return told, [p for p in pairs if p not in told]


def joined(rng, sentences):
    """Now and then two sentences as one."""
    out = []
    for sentence in sentences:
        if out and sentence[-1] == "." and out[-1][-1] == "." and rng.random() < 0.15:
            out[-1] = out[-1][:-1] + rng.choice(["; ", ", and ", ", while ", ", but "]) + sentence
        else:
            out.append(sentence)
    return out


def passage_talk(rng, held, filler=None, questions=1):
    """Two to six facts about two to four people, then questions; one in five has no answer in the passage."""
    names = []
    while len(names) < rng.choice((2, 2, 3) if held else (2, 2, 3, 3, 4)):
        name = person(rng, held)
        if name not in names:
            names.append(name)
    told, untold = chosen_facts(rng, held, names)
    values = {pair: value(rng, pair[1], held) for pair in told}
    sentences = [told_as(rng, held, n, k, values[n, k]) for n, k in told]
    if not held and not filler:
        sentences = joined(rng, sentences)
        if rng.random() < 0.25:
            sentences.insert(rng.randrange(len(sentences) + 1), rng.choice([chatter(rng), carrier(rng, [salad(rng, 2, 5)])]))
    if filler:
        facts = [sentences] if held or rng.random() < 0.4 else [[sentence] for sentence in sentences]
        spots = sorted(rng.choices(range(len(filler) + 1), k=len(facts)))
        for spot, block in zip(reversed(spots), facts):
            filler = filler[:spot] + block + filler[spot:]
        sentences = filler
    turns = []
    for turn in range(questions):
        missing = rng.random() < 0.2 or not told
        n, k = rng.choice(untold if missing else told)
        prompt = asked_as(rng, held, n, k)
        if turn == 0:
            prompt = put_question(rng, held, " ".join(sentences), prompt)
        skill = "long passage" if filler else "passage"
        if missing:
            turns.append(item(skill, prompt, SILENT, kind="refusal"))
        else:
            turns.append(item(skill, prompt, fill(rng, KINDS[k][4], n=n, v=values[n, k]), kind="has", text=str(values[n, k])))
    return turns
