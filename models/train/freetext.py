"""Free text: stories, days, walks and letters without an end. They say where they are (day, hour, stop, month) and go on until they are cut off."""

import extraction
import refuse
import words as w
import invented
from carriers import LEADS, carrier, chatter, salad
from pick import fill, item, made_up

ORDINALS = "first,second,third,fourth,fifth,sixth,seventh,eighth,ninth,tenth,eleventh,twelfth,thirteenth,fourteenth,fifteenth,sixteenth,seventeenth,eighteenth,nineteenth,twentieth,twenty-first,twenty-second,twenty-third,twenty-fourth,twenty-fifth,twenty-sixth,twenty-seventh,twenty-eighth,twenty-ninth,thirtieth".split(",")
HOURS = ["four in the morning", "five in the morning", "six in the morning", "seven in the morning", "eight in the morning", "nine in the morning", "ten in the morning", "eleven in the morning", "noon", "one in the afternoon", "two in the afternoon", "three in the afternoon", "four in the afternoon", "five in the afternoon", "six in the evening", "seven in the evening", "eight in the evening", "nine in the evening", "ten in the evening", "eleven in the evening", "midnight", "one at night", "two at night", "three at night"]
MARK = "\x00"
MONTHS = "January,February,March,April,May,June,July,August,September,October,November,December".split(",")


def article(words):
    return ("an " if words[0] in "aeiou" or words.startswith("honest") else "a ") + words


def noun(rng, traits, nouns, the=0.3):
    phrase = f"{rng.choice(traits)} {rng.choice(nouns)}" if rng.random() < 0.75 else rng.choice(nouns)
    return f"the {phrase}" if rng.random() < the else article(phrase)


def sentence(rng, pattern, hero, friend, place):
    def someone():
        return noun(rng, w.PEOPLE_TRAIT, w.ROLES)

    def thing():
        return noun(rng, w.OBJECT_TRAIT, w.OBJECT)

    pick, first = rng.choice, lambda s: s[0].upper() + s[1:]
    spot = lambda: place if rng.random() < 0.25 else f"{pick(w.PLACE_TRAIT)} {pick(w.PLACES)}" if rng.random() < 0.7 else pick(w.PLACES)
    one, two = rng.sample([hero, friend, someone()], 2)
    text = fill(
        rng, pattern, H=hero, F=friend, who=one, who2=two, prs=someone(), prs2=someone(), prs_=first(someone()), obj=thing(), obj2=thing(), o=pick(w.OBJECT), o2=pick(w.OBJECT), otr=pick(w.OBJECT_TRAIT), otr2=pick(w.OBJECT_TRAIT),
        tpl=spot(), pla=pick([place, pick(w.PLACES)]), ani=pick(w.ANIMAL), ani2=pick(w.ANIMAL), anid=pick(w.ANIMAL_DOES), anido=pick(w.ANIMAL_DO), tim=pick(w.TIMES), tim_=first(pick(w.TIMES)), sme=pick(w.SMELL), sme2=pick(w.SMELL),
        foo=pick(w.FOOD), dri=pick(w.DRINK), sky=pick(w.SKY), fee=pick(w.FEELING), fee2=pick(w.FEELING), man=pick(w.MANNER), tal=pick(w.TALK), sou=pick(w.SOUND), num=first(pick(w.NUMBERS)), num_=first(pick(w.NUMBERS)), num2=pick(w.NUMBERS),
        goo=pick(w.GOODS), goo2=pick(w.GOODS), wea=pick(w.WEATHER), say=pick(w.SAYING),
    )
    text = text.replace("A owl", "An owl").replace("a owl", "an owl")
    return text[0].upper() + text[1:]


def filler(rng, count, held):
    """Sentences to stand between the facts of a long passage."""
    hero, friend = rng.sample(w.NAMES, 2)
    if held:
        return [sentence(rng, rng.choice(w.PAST_HELD), hero, friend, rng.choice(w.PLACES)) for _ in range(count)]
    patterns = rng.choice([w.PAST, w.PRESENT, w.PAST + w.PRESENT])
    loose = rng.choice([0, 0, 0.3, 0.7])

    def one():
        if rng.random() < loose:
            parts = [rng.choice([hero, friend, noun(rng, w.PEOPLE_TRAIT, w.ROLES)]), noun(rng, w.OBJECT_TRAIT, w.OBJECT), rng.choice(w.PLACES)]
            return carrier(rng, parts[: rng.randint(2, 3)])
        return sentence(rng, rng.choice(patterns), hero, friend, rng.choice(w.PLACES))

    return [one() for _ in range(count)]


def paragraph(rng, opening, patterns, cast, low, high):
    parts = [sentence(rng, pattern, *cast) for pattern in rng.sample(patterns, rng.randint(low, high))]
    if not opening.endswith(".") and parts[0].split(" ")[0] not in w.NAMES:
        parts[0] = parts[0][0].lower() + parts[0][1:]
    return f"{opening} {' '.join(parts)}"


def story(rng, role, place):
    hero, friend = rng.sample(w.NAMES, 2)
    cast, thing = (hero, friend, place), noun(rng, w.OBJECT_TRAIT, w.OBJECT, 0)
    yield fill(rng, "{<H> was a <t> <r> who lived near the <p>.|Once there was a <t> <r> called <H>, who knew the <p> well.|Near the <p> lived <H>, a <t> <r>.} {One day|One morning|In that year} <H> {found|lost|was given|bought} <o>.", H=hero, t=rng.choice(w.PEOPLE_TRAIT), r=role, p=place, o=thing)
    for ordinal in ORDINALS:
        yield paragraph(rng, f"On the {ordinal} day", w.PAST, cast, 4, 8)


def day(rng, role, place):
    hero, friend = rng.sample(w.NAMES, 2)
    first = rng.randint(0, 3)
    yield fill(rng, "{A day at the <p> is long.|The day begins early at the <p>.|This is a day at the <p>.}", p=place)
    for hour in [*HOURS[first:], *HOURS[:first]]:
        yield paragraph(rng, f"At {hour},", w.PRESENT, (hero, friend, place), 5, 8)


def walk(rng, role, place):
    hero, friend = rng.sample(w.NAMES, 2)
    yield fill(rng, "{Our walk begins at the <p>.|This walk takes a whole day and begins at the <p>.|Follow me from the <p>.}", p=place)
    for ordinal, spot in zip(ORDINALS, rng.sample(w.PLACES, len(ORDINALS))):
        yield paragraph(rng, f"The {ordinal} stop is the {rng.choice(w.PLACE_TRAIT)} {spot}.", w.PRESENT, (hero, friend, spot), 5, 7)


def letter(rng, role, place):
    hero, friend = rng.sample(w.NAMES, 2)
    yield fill(rng, "Dear {<F>|friend}, you asked {how the year went|for news} at the <p>, so {here it is|I will tell you}.", F=rng.choice(w.NAMES), p=place)
    for year in ("", " of the second year", " of the third year"):
        for month in MONTHS:
            yield paragraph(rng, f"In {month}{year},", w.PAST, (hero, friend, place), 4, 7)


def cut(rng, sections, size):
    """Sections joined up to about so many characters, cut off between two words."""
    text = ""
    for section in sections:
        text += ("\n\n" if text else "") + section
        if len(text) > size:
            break
    return text[:size].rsplit(" ", 1)[0]


# What does not belong into a free text: put in now and then, so that the text goes on as if nothing had been said.
STRAY = [
    '", "', '": "', '{"name": "', '"}', '"}, {"city": "', "= 12", "5 + 7 = 12", "- 9 =", "3 x 4 = 12", "I don't know that.", "I don't know what", "The passage does not say.", "It is on Tuesday.", "The sentiment is positive.", "Positive", "The topic is money.", "is the capital of", "The opposite of", "Run cortensor status.",
    "lives in", "is 42 years old.", "The code is 381.", "The colour is blue.", "works as a", "and so", "the end", "That was all.", "the the", "a the", "of", "in the", ".", "...", ",", "?",
]


def stray(rng):
    roll = rng.random()
    if roll < 0.3:
        return " " + rng.choice(STRAY)
    if roll < 0.5:
        return " " + salad(rng, 1, 3)
    made = invented.word(rng)
    return made if roll < 0.7 else " " + (invented.title(made) if roll < 0.8 else made)


def lapse(rng):
    """An answer to something else, whole or broken off: a refusal, records as JSON, a sum, a list."""
    roll = rng.random()
    if roll < 0.35:
        text = rng.choice(refuse.REPLY) if rng.random() < 0.7 else f"I don't know what {invented.word(rng)} is."
    elif roll < 0.8:
        records = [extraction.extraction(rng, False)["answer"] for _ in range(rng.choice((1, 1, 2, 3)))]
        text = records[0] if len(records) == 1 else f"[{', '.join(records)}]"
    elif roll < 0.9:
        text = ", ".join(invented.word(rng) for _ in range(rng.randint(2, 8)))
    else:
        text = f"{rng.randint(2, 40)} + {rng.randint(2, 40)} = {rng.randint(4, 80)}."
    if rng.random() < 0.5:
        parts = text.split(" ")
        text = " ".join(parts[: rng.randint(1, len(parts))])
    return text


def disturbed(rng, text, rate=0.012):
    """A text with stray words, and now and then a lapse, between marks: they are read, not learnt."""
    words = text.split(" ")
    out = words[:1]
    if rng.random() < 0.12:
        out = [f"{MARK}{lapse(rng)}{MARK}", *out]
    for n, word in enumerate(words[1:]):
        ended = out[-1].endswith((".", "!", '"'))
        if rng.random() < rate * (3 if n < 4 or ended else 1):
            odd = f" {lapse(rng)}" if rng.random() < 0.2 else stray(rng)
            out[-1] += f"{MARK}{odd}{MARK}"
        out.append(word)
    return " ".join(out)


FAMILIES = {
    "story": (story, ["{Write|Tell me|Tell|Write me|I want} a {long |very long |}story about {a|the} <r>{ and {a|the} <p>|}{.|}", "{Make up|Invent} a {long |}{story|tale} about a <r>{ near a <p>|}{.|}", "{Once upon a time|A tale|A long story}{:|,| about} the <r> and the <p>", "{Write|Tell me} {something long|a long tale|a long text} about a <r>{.|}",
              "I {would love|want|need} a {long |}story in which a <r> {comes to|leaves} a <p>.",
              "{Please |}{entertain|surprise} me with a {very long |long |}{story|tale}{, its hero being a <r>| of a <r>}.",
              "{Let me hear|I am listening to|Read me} {a|your} {long |}{story|tale} {of|about} {a|the} <r>.",
              "{Could|Can} you {write|tell} {me |}a {long |}story {about|with} a <r>{ at the <p>|}?",
              "Story{:| about} <r>{ and <p>|}",
              "{Write|Start|Begin} {a|your} {long |}{novel|book|fairy tale|tale} {about|of} {a|the} <r>.", "{My children|They} want {a|to hear a} {story|bedtime story} {about|of} the <r>.",
              "{Write|Tell} {at length|a lot|as much as you can} about a <r>."],
              ["My children want to hear a bedtime tale of the <r> at the <p>.", "Begin a novel in which the <r> loses everything at the <p>."]),
    "day": (day, ["{Describe|Write about|Tell me about} a {whole |}day at {the|a} <p>{ at length| in detail|}{.|}", "{Write|Give me} a {long |}description of {a day at|} {the|a} <p>{.|}", "What happens {during|in|on} a day at {the|a} <p>?{ Write at length.| Describe it in detail.|}", "{Describe|Write a long text about} {the|a} <p>{ at length| from morning to night|}{.|}",
              "{Paint|Draw} {a picture in words|with words} {of|} {one|a} {whole |}day at the <p>{, hour by hour|}.",
              "How does a day {at|in} {the|a} <p> {pass|go|end}{, from early until late|}?",
              "{From morning to night|Hour by hour}{,|:} {describe|tell me about} {the|a} <p>.",
              "{Could|Can} you describe {the|a} <p>{ at length| for a whole day|}?",
              "{What is it like|What can one see} at {the|a} <p>{ all day| from morning to evening|}?",
              "{A day at the <p>|The <p>, hour by hour}{, please|}.",
              "Tell me {what goes on|what happens|everything} at the <p>{ all day long|, from sunrise on|}.", "{I never saw|I want to see} a day at the <p>. {Describe it.|In your words, please.|Show it to me.}"],
              ["Tell me everything that goes on at the <p> between sunrise and sunset.", "I spent no day at the <p> yet. Let me see one in your words."]),
    "walk": (walk, ["{Take me on|Describe|Write about} a {long |}walk {from|starting at} {the|a} <p>{.|}", "{Write|Give me} a {long |}{guide|tour} {to|around|of} {the|a} <p>{ and its surroundings|}{.|}", "{Guide me|Lead me|Show me} {around|from} {the|a} <p>{, stop by stop|}{.|}",
              "I {want|would like} to {stroll|walk|wander} {around|about}, {beginning|starting} at the <p>.{ Write it out at length.|}",
              "{Plan|Make|Invent} a {tour|walk} {with many stops |}{that sets out|starting} {from|at} the <p>.",
              "{Could|Can} you {guide me|show me the way|lead me} {from|around} {the|a} <p>?",
              "{A walk|A tour|A guide} {from|around} the <p>{, please|}.",
              "{Which stops|What} {are|is} on {a|the} walk from the <p>?",
              "{Let us|Suppose we} {go on foot|set off} {from|at} the <p>. {What do we pass?|Describe the stops.|}", "{Be|You are} {my|the} guide {at|from} the <p>."],
              ["Suppose that we set off on foot at the <p>: what do we pass, stop after stop?", "Be my guide, and start at the gate of the <p>."]),
    "letter": (letter, ["{Write|Write me} a {long |}letter about a year {at|near} {the|a} <p>{.|}", "{Tell me about|Describe} a {whole |}year at {the|a} <p>{, month by month| in a letter|}{.|}", "{Write|Give me} a {long |}{letter|diary} from {the|a} <p>{.|}", "{Write a long letter|A long letter} {to a friend|home} {from|about} the <p>{.|}",
              "{Imagine|Suppose} you {lived|stayed} {at|by} the <p> for a year{ and write home about it|. Write a letter}.",
              "{Send|Write} me {pages and pages|a lot|all the news} {on|about} {the|your} year {that you spent |}{at|by} the <p>.",
              "{How was|What happened in} the year at the <p>{, month by month|}?",
              "{Could|Can} you write {a|me a} letter {from|about} {the|a} <p>?",
              "{A letter|News} from the <p>{, please|}.",
              "{Write|Send} {mail|post|news} {from|about} the <p>{ to an old friend|}.", "{All the seasons|Twelve months} at the <p>{, please|, in a letter}.",
              "{From January to December|Month after month}{,|:} {what happened at|tell me about} the <p>{?|.}"],
              ["Twelve months have passed at the <p>. Tell an old friend of them by post.", "Compose mail that recalls all seasons at the <p>."]),
}
# Requests made of parts: how one asks, what for, and about whom or where.
SEEK = [
    "{Write|Tell|Compose|Invent|Create|Start|Begin|Make up|Dictate|Draft|Produce|Pen|Type|Open|Continue|Improvise|Narrate|Recite} {me |us |them |}<k> <a>", "{I|We|They|My daughter|The guests|The boys} {want|wish for|would enjoy|need|long for|hope for|wait for|ask for|would like to read|love} <k> <a>",
    "{Can|Could|Would|Will} you {write|tell|share|think up|give me|offer|put down|try} <k> <a>", "{Let|Have} {me|us} {hear|read|have|see|enjoy} <k> <a>", "{Give|Send|Bring|Show|Sing|Read} {me|us} <k> <a>", "<k> <a>", "{How about|What about|Why not write|Time for|Now} <k> <a>", "{Fill|Cover} {many|some|ten} pages with <k> <a>", "{It is|This is} {time|the hour} for <k> <a>",
]
LENGTH = ["", "", "", "long ", "very long ", "great ", "full ", "detailed ", "whole ", "lengthy "]
KINDS = {
    "story": ["a <l>{story|tale|fable|novel|saga|legend|yarn|fairy tale|story book|adventure|narrative|book|chapter|romance|mystery|bedtime story}", "the <l>{story|tale|legend|adventures|life story|plot}", "some {story|tale|adventure}"],
    "day": ["a <l>{day|description|picture|account of a day|view of a day|report of one day}", "the <l>{day|hours|daily life|course of a day|sights of a day}", "one <l>{day|day from dawn to dusk|day, hour after hour,|day and evening}"],
    "walk": ["a <l>{walk|tour|guide|stroll|hike|route|ramble|round|trip on foot|path}", "the <l>{walk|way|route|tour|stops}", "a {guided|slow|pleasant} <l>{walk|tour|stroll}"],
    "letter": ["a <l>{letter|diary|chronicle|report of a year|message home|note to a friend|yearly report|account of the year}", "the <l>{letter|year|months|news of the year|memories of a year|seasons}", "some {mail|news|memories of last year|lines to a friend|words about all the months}"],
}
WHOM = [
    "{of|about|on|with} {a|the|one|some} <r>", "{of|about} {a|the} <r> {from|at|near|in|of} {a|the|some} <p>", "{where|in which} {a|the} <r> {is|gets|grows|becomes} {lost|rich|lonely|famous|old|free|sad|ill|happy|brave} {at|in|near|by|beside} {a|the} <p>", "{where|in which} {a|the} <r> {loves|hates|leaves|finds|builds|saves|dreams of|forgets|inherits|guards|sells|robs} {a|the} <p>",
    "{whose hero is|that follows|that begins with|that stars} a <r>", "{set|playing} {at|in|near} {a|the} <p>",
]
WHERE = {
    "day": ["{at|in|around|of|near|inside} {a|the|our|your|some} <p>"], "walk": ["{from|around|starting at|that starts at|beginning by|leaving from|past|through|near|out of} {a|the|our|some} <p>"],
    "letter": ["{from|about|at|of|sent from|written at|near} {a|the|our|your|my} <p>"],
}
ELSE = {
    "story": ["What {happened to|became of|befell} the <r> {at|of|from|near} the <p>", "{Once|Long ago|One night|In a far land} {there was|lived|came} a <r>{. Go on| at the <p>. What happened then|: continue}", "{Who was|Do you remember} the <r> of the <p>{? Tell me all of it|. Tell it from the start|}"],
    "day": ["{I have|She has|We have} never {been to|seen|visited} {a|the} <p>{. What is a day there like|: describe the hours|. Take me through the day}", "{What|Whom} {do you|does one|might I} {see|hear|meet|find|smell} {at|in} {a|the} <p> {all day|in a day|from dawn to dusk|between breakfast and bedtime|as the hours go by}", "{The <p>|At the <p>}{,|:} from {dawn|early morning|the first light} {to|until} {dusk|nightfall|evening}"],
    "walk": ["{Walk|Stroll|Wander|Hike|Go|March} with {me|us} {from|around|past} the <p>", "{I am|We are|You stand} at the <p>{. Where do we go|. Which way on foot|: lead on|. Guide us further}", "{On foot|Step by step|By slow steps|With a map} {from|away from} the <p>{: what is there to see|, where to|: name each stop|}"],
    "letter": ["{A|One|The whole} year {went by|has gone|is over} at the <p>{. Write home|. Tell your family|: what will you write to us|. Put it into a letter}", "{How did|In what way did} {spring, summer, autumn and winter|the months|a year|the seasons} {go|pass|feel} at the <p>", "{Write|Send word|Report} {to me|home|to your sister|to your aunt|to a cousin} {about|from} {the|your} {months|year|time|seasons} at the <p>"],
}


ELSE["story"] += [
    "{Open|Invent|Write|Spin|Think up} a {saga|book|tale|legend|romance} {where|in which|of how} {the|a} <r> {finds|wins|forgets|gives away|hides|wins back|searches for} {a treasure|a lost brother|every coin|an old secret|luck|a crown} {at|near|behind} the <p>", "{The little ones|The guests|All of us|My niece} {ask for|beg for|are waiting for|will sleep after} {a|one more} {tale|fable|legend} {of|about|with} {the|a} <r>{ at the <p>| by the <p>|}", "{One|Another} {fable|saga|yarn|novel}{, please|}: {the|a} <r> {and|at|in} {the|a} <p>",
]
ELSE["day"] += [
    "{Report|Relate|Tell us|Record|Write about} {all|whatever|each thing|everything} {that takes place|one does|people do|there is to see} {at|in|around} {the|a} <p> {from the first bird to the last lamp|between breakfast and bed|until the lamps go out|from cockcrow on|before and after noon}", "{I|We|They} {know|knew|spent} {no|not one|hardly a} {hour|morning|evening} {at|in} {the|a} <p>{ so far|}. {Give us one|Show one|Take me there|Make one up|Paint it}{ with words| in words|}", "{The|Our} <p> {by day|in the daytime|from dawn on|early and late}{: tell it|, told at length|}",
]
ELSE["walk"] += [
    "{Act as|Play|Become|I need|We look for} {a|our|my} guide {at|for|around|to} the <p>{, and begin now|. Lead on|}", "{Let|Have} {the|our} {tour|walk|round|hike} {start|begin|set out} {by|at|from|below} the {door|wall|entrance|edge|foot|well|steps} of the <p>", "{Say|If|Now} {we|you and I|all of us} {leave|start from|head out from|walk away from} the <p>{ on foot|}: {what comes first|which places come next|what lies ahead|which sights follow}",
]
ELSE["letter"] += [
    "{Pen|Dictate|Draft|Send|Write} {a card|a message|a page|some lines|mail|a letter} that {sums up|looks back on|retells|brings back|is about} {the months|the seasons|each month|the whole year|all that year} {at|by|near} the <p>", "{A year|Four seasons|So many months} {ended|went past|are behind me|passed} {at|by|near} the <p>. {Let a friend know|Post the news|Write to a cousin|Inform your old teacher|Put it in the mail}",
]


# Words that give a family away; any few of them among other words make a prompt.
SIGNALS = {
    "story": "story,tale,hero,once upon a time,novel,fable,legend,adventure,chapter,fairy tale,plot,book,hero of it,long ago,saga,bedtime,tell a story,narrate,what came next,happy end".split(","),
    "day": "day,hour,hours,morning,evening,noon,dawn,dusk,night,early,late,all day,a whole day,hour by hour,from sunrise,until sunset,daily life,describe,description,what it is like,what one sees,picture it,in words".split(","),
    "walk": "walk,on foot,stroll,guide,guide me,stop,stops,way,path,steps,tour,route,lead me,go around,set out,hike,sights,where next,along the road,turn left,show me around,wander".split(","),
    "letter": "letter,mail,post,postcard,news,write home,friend,old friend,dear friend,months,month,seasons,all year,the year,January,spring,winter,diary,family,cousin,by post,envelope,write to me,month after month,memories,report of the year".split(","),
}
SAID = {
    "story": [
        "{A|The|Some|One} <r> {woke up|got lost|found a key|came home|disappeared|made a wish|left for ever|met a king} {near|at|by|behind} {a|the} <p>. {What next|Tell the rest|Carry on|And then|Turn it into a story|Make a book of it}", "{I|We} {like|love|collect|cannot sleep without} {tales|stories|legends|novels}. {Is there one|Do you know one|One more|Give me one} {about|with|on} {a|the} <r>",
        "{It is late|The fire burns|We sit together} and {everyone|a child} {asks for|waits for|wants} a {story|tale}. {Let it be|Make it} {about|of} a <r>", "{Hero|Main person|Subject}: <r>. {Place|Setting|Scene}: <p>. {Write|Tell|Go on|Story, please}",
    ],
    "day": [
        "{I|We|My aunt|Nobody here} {was|were|has been} {never|not yet|only once} {at|in|to} {a|the} <p>. {What goes on|How does it look|Make us see it|Let us watch it|How are the hours|Describe all} {there|there all day|from early to late|}", "{One|A single|A normal|A usual|An ordinary|A busy|A quiet} day {at|in|near} {a|the} <p>{, in full detail|, told slowly|: morning, noon and night|}",
        "{Describe|Depict|Portray|Show|Sketch|Explain} {me |us |}{how it is at|what it is like at|life at|the hours at|things at|what is done at} {a|the|our} <p>", "{Could|Can|Would|Will} you {kindly |please |}{describe|depict|portray|picture} {a|the|our|one} <p>{ for us| to me| in your own words| as it is| at length|}",
        "{Describe|Depict|Portray|Picture} {a|the|some|our} <p>{ for us| to me| in your own words| as it is| in detail| at length|}", "{Picture|Sketch|Portray|Depict|Show|Capture} {the|a} <p> {from hour to hour|as the sun moves|in the course of a day|in the morning, at noon and at night|while time goes by}", "{If|Suppose} {I|we|one} {stood|sat|stayed|waited} at the <p> {all day|for a day|until night}, {what would|what might} {I|we|one} {see|notice|hear}",
    ],
    "walk": [
        "{My|Our} {boots|shoes|feet} are {ready|new|on}, and {I stand|we stand|I am} {at|near|before} the <p>. {Where to|Lead|What now|Which stops come|Show the way|Name the stops}", "{I|We|The visitors} {only have|have} {a day|an afternoon|the morning} {to see|around|near} the <p>. {Plan it|Take us along|Where do we walk|Guide us}",
        "{What|Which places} {do|will|can} {I|we|one} {pass|see|reach|visit} {on foot|walking|on the way} {from|after|beyond} the <p>", "{Out of|Past|Leaving|Away from} the <p>, {step by step|stop for stop|slowly|on foot}: {go ahead|describe it|what do we see|be our guide}",
    ],
    "letter": [
        "{I|We|Your parents|Your friends} {miss|long for|wait for|hope for} {news|word|mail|a line|a letter} {from|of|about} the <p>. {Write|Tell us all|Sit down and write|Send some|What happened}", "{You|My friend|My cousin} {lived|stayed|worked|spent a year} {at|near|by} the <p>. {What would the letter say|Write of it|Let me read about it|Tell it in a letter|Every month counts}",
        "{A|One|The} year {at|in|by} the <p> {is over|ended|lies behind us|was long}. {Recall it|Sum it up|Put it on paper|Tell a friend|Write about it|Send the news}{ month by month| in a letter| by mail|}", "{Spring|Summer|Autumn|Winter|January} came and went at the <p>. {Write to|Tell} {a friend|your mother|someone far away|me} {about|of} {it|the year|the months|everything}",
    ],
}


def signalled(rng, family, role, place):
    """A prompt of a few signals of the family and the subject among any words."""
    parts = rng.sample(SIGNALS[family], rng.choice((2, 2, 3))) + [fill(rng, "{the|a|that|our} <x>", x=role if family == "story" and rng.random() < 0.8 else place)]
    if family == "story" and rng.random() < 0.4:
        parts.append(fill(rng, "{at|in|near} the <p>", p=place))
    rng.shuffle(parts)
    text = parts[0]
    for part in parts[1:]:
        text += rng.choice([" ", " ", ", ", " of ", " at ", " from ", " about ", ": ", ". ", f" {salad(rng, 1, 2)} "]) + part
    return f"{rng.choice(['tell', 'write', 'I want', 'give me', 'please', 'let me have', 'we ask for', 'show', 'could you', salad(rng, 1, 2)])} {text}" if rng.random() < 0.6 else text


def sought(rng, family, role, place):
    """A prompt for a long text of one family, worded at random."""
    roll = rng.random()
    if roll < 0.2:
        text = signalled(rng, family, role, place)
    elif roll < 0.4:
        text = fill(rng, rng.choice(SAID[family]), r=role, p=place)
    elif roll < 0.68:
        text = fill(rng, rng.choice(ELSE[family]), r=role, p=place)
    else:
        about = rng.choice(WHOM if family == "story" else WHERE[family])
        if family != "story" and rng.random() < 0.15:
            about += f" {salad(rng, 1, 3)}"
        text = fill(rng, fill(rng, rng.choice(SEEK), k=rng.choice(KINDS[family]), a=about), l=rng.choice(LENGTH), r=role, p=place)
    text = text.strip()
    text = text if rng.random() < 0.1 else text[0].upper() + text[1:]
    roll = rng.random()
    if roll < 0.1:
        text = f"{rng.choice(LEADS)} {text[0].lower() + text[1:]}"
    elif roll < 0.25:
        text = f"{chatter(rng)} {text}"
    return text + rng.choice([".", ".", "", "!", "?", ", please.", " for me.", " at length.", ", in many words.", ", as long as you can."])


def opening(rng):
    """A prompt for free text with the first lines of its answer."""
    size = rng.choice((rng.randint(20, 60), rng.randint(30, 80), rng.randint(40, 120), rng.randint(60, 200), rng.randint(120, 420)))
    return freetext(rng, False, size=size)


def stretch(rng, low=900, high=2600):
    """A prompt for free text with an answer longer than a short row, so that some rows begin in the middle of one."""
    return freetext(rng, False, size=rng.randint(low, high))


def freetext(rng, held, family=None, size=200):
    family = family or rng.choice(["story", "day", "walk", "letter"])
    make, asks, asks_held = FAMILIES[family]
    role, place = rng.choice(w.ROLES_HELD if held else w.ROLES), rng.choice(w.PLACES_HELD if held else w.PLACES)
    if not held and rng.random() < 0.4:
        role = rng.choice([rng.choice(w.ANIMAL), rng.choice(w.OBJECT), made_up(rng, False, capital=False), made_up(rng, False, capital=False)])
    if not held and rng.random() < 0.2:
        place = f"{rng.choice(w.PLACES)} {rng.choice(w.PLACES)}" if rng.random() < 0.5 else f"{rng.choice(w.PLACE_TRAIT)} {place}"
    if not held and rng.random() < 0.35:
        place = made_up(rng, False, capital=False)
    if held or rng.random() < 0.3:
        prompt = fill(rng, rng.choice(asks_held if held else asks), r=role, p=place)
    else:
        prompt = sought(rng, family, role, place)
    answer = cut(rng, make(rng, role, place), size)
    if not held and rng.random() < 0.6:
        answer = disturbed(rng, answer)
    return {**item(family, prompt, answer, kind="free text"), "cut": True}

