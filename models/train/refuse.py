"""Questions outside the domain, which get a refusal, and small talk."""

import invented
from carriers import LEADS, chatter, plain_salad, scattered
from pick import fill, item, made_up

ANIMALS = "dog,cat,horse,bird,fish,bee,cow,crab,snake,frog,lion,bear,mouse,sheep,whale,goat,duck".split(",")
ANIMALS_HELD = "spider,octopus,lizard,kangaroo,beetle".split(",")
PARTS = "legs,eyes,wings,teeth,ears,bones,arms,tails,hearts,toes".split(",")
THINGS = "kings,cities,stories of ghosts,poets,trains,soups,stones,dogs,plays,wars,lakes,islands,tools,teachers,clouds,dreams,bridges,paintings,jobs,sports,planets,oceans,rivers,mountains,birds,trees,cars,colours,fruits,films,books,songs,flowers,animals,languages,games,stars,metals".split(",")
THINGS_HELD = "insects,painters,volcanoes,cheeses,dances".split(",")
PEOPLE = "Mozart's father,my neighbour,the queen of Spain,Columbus,Darwin,Leonardo,Homer,a great singer,the pope,Edison,Plato,the president of France,the king of Spain,Mozart,Napoleon,Picasso,a famous painter,the prime minister,Einstein,the first man on the moon,Cleopatra,Newton,Gandhi".split(",")
PEOPLE_HELD = "Shakespeare,the queen of Denmark,Beethoven,Galileo,Marie Curie".split(",")
SUBJECTS = "glass,time,poetry,chess,a storm,biology,money,the brain,sleep,the sea,steam engines,mathematics,the weather,architecture,religion,a computer virus,the heart,coal,space travel,law,the Middle Ages,photosynthesis,gravity,the Roman empire,electricity,a volcano,a black hole,DNA,the moon,democracy,an earthquake,quantum physics,a tomato,philosophy,a rainbow,magnetism,an atom,history,the French revolution,bitcoin,football".split(",")
SUBJECTS_HELD = "evolution,a glacier,inflation,the Cold War,a tornado,chemistry,a whirlpool".split(",")
FORMS = {
    "animal": ["How many <part> {does|has} {a|an|the} <animal>{ have|}?", "{Does|Can} a <animal> {fly|swim|sleep|have <part>}?", "What does {a|the} <animal> eat?", "{How fast|How high} can a <animal> {run|jump}?", "{Where|How long} does a <animal> live?"],
    "thing": ["{Name|List|Give me|Tell me} {three|four|five|some|two|ten} <thing>{.|}", "{How many|Which} <thing> are there{ in the world|}?", "What are the {best|largest|oldest} <thing>?"],
    "person": ["Who {is|was} <person>?", "When was <person> born?", "{Where|How|When} did <person> {live|die|work}?", "Tell me about <person>.", "How old is <person>?"],
    "subject": ["{What is|What's|Explain|Define} <subject>{?|.|}", "How does <subject> work?", "{Tell me|What do you know} about <subject>{.|?}", "Why is <subject> {important|so hard}?"],
    "fixed": [
        "{What time is it|What is the time|What day is it|What is the date today}?", "{Who won|What was the score of} the {match|game|election|cup}{ yesterday| last year|}?", "{Translate|Say} {hello|good morning|thank you|bread} in{to|} {French|German|Spanish|Chinese}.",
        "{What is|Give me|Tell me} the {population|area|currency|flag|language|president} of {France|Spain|Peru|China|Kenya|Mali}.", "{Write|Give me} {Python|Java|some|a} code {for|to do|that does} {sorting|a game|a website}.", "{Tell me a joke|Sing a song|Play music|Draw a picture|Write a poem}{ about love|}.",
        "{Can you|Please} {book|order|buy} {a flight|a taxi|some food|a pizza}{ for me|}?", "{What is|What's} the {price|value} of {gold|oil|bitcoin|a house}?", "{Should I|Must I|May I} {marry|buy a car|take this pill|sell my shares}?", "{What|Which} {film|book|car|phone} should I {see|buy|read}?",
        "{How tall|How high|How deep|How big|How long} is {the Eiffel tower|the sea|the moon|a giraffe|the Nile}?", "{What is|Find} the square root of {nine|2|81|16}{?|}", "{How do I|How can I} {cook rice|fix my car|learn French|grow tomatoes|lose weight|get rich}?", "{Why|When} {is the sky blue|do birds sing|does it rain|do people dream|is water wet}?",
    ],
}
FORMS["animal"] += ["{Count|Tell me|Guess} {the|how many} <part> {of|on} a <animal>{.|}", "How many <part> {would you find|are there|do you see} on a <animal>?", "{Is|Are} {a|the} <animal> {dangerous|clever|bigger than a <part>}?"]
FORMS["thing"] += ["I {would like|want} to {hear|know|read} about {several|some|famous} <thing>.", "{Could|Can|Would} you {list|name|mention} {a handful of|a few|several} <thing>?", "{Which|What} <thing> do you {like|know|recommend}?", "Recommend {some|good} <thing>{ to me|}."]
FORMS["person"] += ["Do you know {anything|something} about <person>?", "What did <person> {do in life|write|discover|say}?", "{Which|What} {books|works} are by <person>?", "{What is|Tell me} the {life|story|name} of <person>{?|}"]
FORMS["subject"] += ["{Could|Can} you {teach|tell} me {something|more} about <subject>?", "{Help me|I want to} {understand|learn about} <subject>.", "{Who|When was} {discovered|invented} <subject>?", "{I wonder|I don't know} {how|why} <subject> {works|matters|happens}."]
# Requests made of parts, for any subject.
ABOUT = {
    "animal": ["the <part> of {a|the} <animal>", "{a|the} <animal>", "{a|the} <animal> and {its|the} <part>"], "thing": ["<thing>", "{some|famous|old|well loved} <thing>", "the history of <thing>"], "person": ["<person>", "the {life|work|death|family|youth} of <person>"],
    "subject": ["<subject>", "the {idea|theory|meaning|cause|use} of <subject>"],
}
WISH = [
    "{Say|Tell me|Write|Explain|Report|Show me|Teach me|Give me} {something|more|a bit|anything|a few lines|all you know} {about|on|regarding} <z>.", "{I have|There is|We had} {a question|a talk|a test|homework|a lesson|an argument} {about|on} <z>{.|, can you help?|: what should I say?}", "{What|How much} do {you|people|experts} {know|think|say} {of|about} <z>?",
    "{Why|How|When|Since when} {do people|does one|did we|should I} {study|love|fear|need|discuss|like|remember|value} <z>?", "{Is|Are|Was|Were} <z> {important|old|real|famous|known|still useful|worth it}?", "{My son|My aunt|The class|A child} {wants to know about|asks for|wonders about|is curious about|dreams of} <z>.",
    "{Summarise|Outline|Sketch|Discuss|Present|Compare|Introduce|Review} <z>{ for me| briefly| in two lines|}.", "{What|Which} {is|are} the {main|best|first|key} {point|fact|facts|reason|reasons} {about|behind|for} <z>?", "{Would|Could|Does|Do|Has|Have} <z> {matter|change|help|be better|exist|have a meaning} {to you|today|somewhere|at all}?",
]
# Orders of every sort. The verb may be any word: what is asked about decides.
ORDER = "write down,write up,put on paper,note down,put down,jot down,itemise,tally,catalogue,rank,quote,recite,collect,assemble,sum up,describe,go through,set out,sort,order,bring up,think up,look up,write out,find out,spell out,read out,type,print,publish,predict,prove,show,draft,dictate,state,specify,identify,number,gather,order,offer,suggest,pick,choose,mark,measure,tell,write,give,list,name".split(",")
BARE = [
    "<verb> {some|the best|famous|great|three|popular|old|all|important|typical} <thing>{ for me| to us| here| at once|, please|}{.|}", "<verb> the {laws|rules|secrets|parts|roots|steps|history|use|basics|chief points|chief thoughts|lessons|questions|theory} {of|in|about|under|around|beneath} <any>{ for us| in short| on paper|}{.|}",
    "{There is|I had|We face|She takes} {a test|an exam|a class|an essay|a talk} {about|on|in} <any>{: what matters|. What must {I|she} {know|read|say}|, so what comes first}?", "{Is|Are|Were} {there |}{any|many|some} <thing> {of note|to remember|one should know|that you know}?", "{How|Why|Since when|By what} {did|has} <person> {become|became|get to be|grown} {famous|great|rich|known}?",
    "{Outline|Retell|Trace|Follow} the {youth|road|path|deeds|years|career} of <person>{ for me|}.", "{My|Our|The} {son|niece|pupil|neighbour|grandfather} {is asking|wants to hear|worries|talks} about <any>{.|, what shall I say?}", "{Has|Does|Can} {a|one} <animal> {have |own |show |}{more|fewer|bigger|as many} <part> {than|as} {a man|you|we do|a <animal>}?",
]
FORMS_HELD = {
    "animal": ["Would a <animal> have more <part> than I do?", "My daughter asks about the <part> of the <animal>."],
    "thing": ["Enumerate well known <thing> for me.", "Are any <thing> worth mentioning?"],
    "person": ["What made <person> so well known?", "Please summarise the career of <person>."],
    "subject": ["Write down the main ideas behind <subject>.", "I have an exam on <subject>, what should I learn?"],
}
REPLY = [
    "I don't know that. I can help with Cortensor, small sums, capitals, opposites, labels and short texts.",
    "Sorry, I don't know that. Ask me about Cortensor, small sums, capitals or opposites.",
    "I don't know. I only answer questions about Cortensor and a few simple tasks.",
]
UNKNOWN_WORD = ["{What is|What's|Define|Explain|What does} {a|the|} <w>{ mean|}{?|}", "{Tell me about|Who is|Where is|What do you know about} <w>{?|.}", "How does {a|the|} <w> work?", "How {do|can} I {use|find|start} {a|the} <w>?"]
UNKNOWN_WORD += ["{Could|Can} you {say|tell me} what {a |}<w> {is|means|stands for}?", "What {exactly|on earth} is {a|the|} <w>?", "{Someone|A friend} {mentioned|spoke of} {a|the|} <w>{. What is it?|, please explain.}", "I {keep reading|heard} about {a|the|} <w>{.|, what is that?}"]
UNKNOWN_WORD += ["{Have you|Did you} {ever |}{heard|hear} of {a |the |}<w>?", "{My friend|A man|The book} {says|said|wrote} {something about |}{a |the |}<w>. {Any idea|What is it|Do you know it|Please explain}?", "{Show me|Give me} {a|the} <w>.", "{What|Which} {kind of |}{thing|word|animal|person} is {a |}<w>?", "<w>{?|, what is that?|: meaning?}"]
UNKNOWN_WORD_HELD = ["Is there such a thing as a <w>?", "I found the word <w> and wonder what it is."]

TALK = [
    ("{Hello|Hi|hello|Hi there|Good morning|Good evening|Hey}{!|.|}", "{Hello! How can I help you?|Hello! Ask me about Cortensor.}"),
    ("{Thanks|Thank you|Thank you very much|thanks a lot|Great, thanks}{!|.|}", "You are welcome."),
    ("{Bye|Goodbye|See you|Good night}{!|.|}", "Goodbye!"),
    ("{How are you|How do you do|Are you well}{ today|}?", "I am well, thank you. How can I help you?"),
    ("{Test|test|ping|Ping|testing}{.|!|}", "I am here and ready."),
]


def outside(rng, held):
    if rng.random() < 0.18:
        word = made_up(rng, held, capital=rng.random() < 0.4)
        return item("unknown", fill(rng, rng.choice(UNKNOWN_WORD_HELD if held else UNKNOWN_WORD), w=word), f"I don't know what {word} is.", kind="refusal")
    forms = FORMS_HELD if held else FORMS
    kind = rng.choice(sorted(forms) + ([] if held else ["fixed", "fixed"]))
    form = rng.choice(forms[kind])
    if not held and kind != "fixed" and rng.random() < 0.5:
        form = rng.choice(WISH).replace("<z>", rng.choice(ABOUT[kind]))
    prompt = fill(
        rng, form, animal=rng.choice(ANIMALS_HELD if held else ANIMALS), part=rng.choice(PARTS), thing=rng.choice(THINGS_HELD if held else THINGS),
        person=rng.choice(PEOPLE_HELD if held else PEOPLE), subject=rng.choice(SUBJECTS_HELD if held else SUBJECTS),
    )
    if not held and rng.random() < 0.45:
        verb = rng.choice(ORDER) if rng.random() < 0.75 else invented.word(rng)
        any_subject = rng.choice(rng.choice((SUBJECTS, SUBJECTS, THINGS, [f"a {rng.choice(invented.nouns.THINGS)}"], [invented.word(rng)], [f"the {invented.word(rng)}"])))
        roll = rng.random()
        if roll < 0.75:
            prompt = fill(rng, rng.choice(BARE), verb=verb, thing=rng.choice(THINGS) if rng.random() < 0.7 else invented.word(rng) + "s", person=rng.choice(PEOPLE), animal=rng.choice(ANIMALS), part=rng.choice(PARTS), any=any_subject)
        else:
            prompt = scattered(rng, [any_subject, verb] + ([plain_salad(rng, 1, 2)] if roll < 0.9 else []), plain_salad)
        prompt = prompt if rng.random() < 0.1 else prompt[0].upper() + prompt[1:]
    if not held and rng.random() < 0.15:
        prompt = f"{rng.choice(LEADS)} {prompt[0].lower() + prompt[1:]}" if rng.random() < 0.5 else f"{chatter(rng)} {prompt}"
    return item("refusal", prompt, rng.choice(REPLY), kind="refusal")


def talk(rng, held):
    ask, reply = rng.choice(TALK)
    return item("talk", fill(rng, ask), fill(rng, reply), kind="none")
