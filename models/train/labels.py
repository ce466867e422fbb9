"""Sentiment and topic labels."""

import carriers
from carriers import carrier, request
from pick import bucket, fill, item

SUBJECTS = "film,book,hotel,meal,phone,concert,lesson,coffee,service,game,room,trip,soup,song,jacket,app,delivery,staff,bread,chair,laptop,garden,play,train,cake,museum,update,printer,bed,market".split(",")
SUBJECTS_HELD = "opera,scooter,blender,pizza,carnival,kettle,podcast,ferry".split(",")
POSITIVE = "wonderful,excellent,great,lovely,perfect,delightful,brilliant,superb,fantastic,pleasant,amazing,charming".split(",")
NEGATIVE = "terrible,awful,bad,horrible,boring,dreadful,poor,disappointing,useless,unpleasant,disgusting,annoying".split(",")
NEUTRAL = "brown,square,made of wood,on the second floor,two years old,near the station,about average,in the next room".split(",")
FRAMES = {
    "positive": [
        "The <s> was {really |very |simply |}<p>.", "{I loved|We enjoyed|I really liked} the <s>.", "What a <p> <s>{!|.}",
        "The <s> was <p> and {we will come back|I am very happy|I would buy it again}.", "{This|That} <s> is <p>, {thank you|well done}.",
        "My {sister|friend|father} {loves|likes} this <p> <s>.",
    ],
    "negative": [
        "The <s> was {really |very |simply |}<p>.", "{I hated|We disliked|I really disliked} the <s>.", "What a <p> <s>{!|.}",
        "The <s> was <p> and {we will not come back|I am very angry|I want my money back}.", "{This|That} <s> is <p>, {never again|I am upset}.",
        "My {sister|friend|father} {hates|dislikes} this <p> <s>.",
    ],
    "neutral": ["The <s> {is|was} <p>.", "{There is|We have} a <s> {here|at home|in town}.", "The <s> {opens|starts|arrives} at {nine|ten|noon}."],
}
MORE = ["{Everybody|My friend|She} {said|thought} {that |}the <s> was <p>.", "{I|We} found the <s> {quite|rather|very} <p>{.|, I must say.}", "The <s> {looked|seemed|turned out} <p>{ to me|}.", "Such a <s> is <p>, I think."]
for _label in ("positive", "negative"):
    FRAMES[_label] += MORE
FRAMES["neutral"] += ["{They told me|I heard} {that |}the <s> is <p>.", "{She|He} {saw|has} a <s>.", "It is a <s>."]
FRAMES_HELD = {
    "positive": ["To be honest, the <s> struck us as <p>.", "Never before have I had a <s> this <p>."],
    "negative": ["To be honest, the <s> struck us as <p>.", "Never before have I had a <s> this <p>."],
    "neutral": ["As the label shows, the <s> is <p>."],
}
SENTIMENT_ASK = [
    "{What is|What's|Tell me|Give|Name} the sentiment of this {sentence|text|review|message}{:|?} <x>",
    "{Is this|Is the following} {sentence|review|text|message} positive{,| or} negative{ or neutral|}? <x>",
    "{Classify|Label|Judge} the {sentiment|feeling|mood}{| of this text| of this review}: <x>",
    "Sentiment{:|?} <x>", "<x> {What is the sentiment?|Positive or negative?|Label the sentiment.}",
]
SENTIMENT_ASK += [
    "Which {sentiment|feeling|mood} does this {sentence|text|review} {have|show}? <x>", "{Here is|This is|I got|I read} a {review|message|sentence}: <x> {Is its sentiment|Is it|Is that} positive, negative or neutral?", "{A customer|Someone} {wrote|says|said}: <x> {Sentiment|Mood|Label}?",
    "{How does|Does} this {sound|feel|read}, {positive or negative|good or bad|positive, negative or neutral}? <x>", "Sentiment of{:|} <x>", "Is this positive or negative{:|?} <x>", "<x> {Is that|Is this} {positive|good} or {negative|bad}?",
]
SENTIMENT_ASK += [
    "{Settle|Rule on|Choose|Give a verdict on|Make up your mind about} the {sentiment|mood}{ now| below| of it| in this|}{.|:} <x>", "{The sentiment|The mood}, please{.|:} <x>", "{Sentiment|Mood} {wanted|needed|missing}{.|:} <x>",
]
SENTIMENT_ASK_HELD = ["Read the following and judge whether it sounds positive, negative or neutral: <x>", "Decide on the sentiment here. <x>"]

SENTIMENT_TASK = [
    "{judge|decide|say|tell me|state|determine|guess|find out|report|write|choose} {whether|if} {it|this|that|the writer|the text} {is|feels|seems|reads as|comes across as} {positive, negative or neutral|positive or negative|negative, neutral or positive}",
    "{judge|name|give|state|find|determine|label|report|choose|tell me|rate|guess|note|write} {the|its} {sentiment|mood|tone|feeling|attitude|opinion}", "{label|mark|rate|sort|classify} {it|this} {as|by|with} {positive, negative or neutral|sentiment|positive or negative|mood}",
    "{which|what} {sentiment|mood|tone|feeling} {is it|is that|do you see|does it carry|has it}",
]
SAID_OF = ["{struck|impressed} {me|them|her|everybody} as", "{felt|sounded|appeared|remained|became|proved|has always been|can only be called|was, in a word,|must be called|had been} {quite |truly |most |}", "{I call|they call|we thought} it"]
JUDGED = ["{Rarely|Seldom} {does one|do I|did we} {see|meet|get} a <s> {that|so} <p>", "{A|Such a|One more} <p> <s>", "{In short|Honestly|To tell the truth}: <p> <s>", "Of all {things|places}, the <s> was {the most |so |}<p>", "{If you ask me|All in all}, {a|the} <s> {so|this is} <p>"]


def opinion(rng, subject, word):
    """A sentence with a subject and a judging word, worded at random."""
    roll = rng.random()
    if roll < 0.4:
        text = f"{rng.choice(['The', 'This', 'Our', 'That', 'Their'])} {subject} {fill(rng, rng.choice(SAID_OF)).strip()} {word}"
        return (rng.choice(carriers.LEADS) + " " + text[0].lower() + text[1:] if rng.random() < 0.5 else text) + rng.choice(carriers.TAILS) + "."
    if roll < 0.7:
        return fill(rng, rng.choice(JUDGED), s=subject, p=word) + rng.choice(carriers.TAILS) + "."
    return carrier(rng, [fill(rng, "{the|a|this|our} <s>", s=subject), word])


TOPICS = {
    "sport": "The <team> won the match in the last minute|The runner finished the race first|Our goalkeeper saved a penalty|The tennis player lost the final set|The coach praised the players after training|The swimmer broke a record in the pool|Fans cheered when the striker scored a goal",
    "weather": "Heavy rain is expected in the evening|It will be sunny and warm tomorrow|A cold wind is blowing from the north|Snow fell on the hills all night|Thick fog covered the road this morning|The storm brought thunder and lightning|Temperatures will drop below zero",
    "food": "Bake the bread for forty minutes|The soup needs more salt and pepper|She cooked rice with vegetables|Fry the onions in butter|The cake was covered with chocolate|We ate fish and potatoes for dinner|Mix the flour with eggs and milk",
    "money": "The bank raised its interest rate|Prices of shares fell on the market|The company reported a large profit|He paid the loan back to the bank|Taxes will rise next year|The investor sold all her shares|Inflation made wages worth less",
    "technology": "The new phone has a faster chip|The programmer fixed a bug in the software|Update your computer to the latest version|The robot uses a camera and sensors|The website stores data on a server|A battery powers the laptop for ten hours|Engineers tested the new network",
    "health": "The doctor gave the patient some medicine|The nurse checked her blood pressure|A vaccine protects against the disease|He went to hospital with a broken arm|Sleep and exercise keep the body well|The dentist treated a sore tooth|She has a fever and a cough",
    "travel": "Our flight to the coast was delayed|They booked a hotel near the beach|The train leaves from platform four|Tourists visited the old castle|Pack your suitcase and your passport|The ferry carries cars to the island|We rented a car for the holiday",
    "music": "The band played three new songs|She practises the piano every day|The choir sang in the old church|The drummer joined an orchestra|The guitar needs new strings|The singer released an album|The concert ended with a slow melody",
}
KEYWORDS = {
    "sport": "match,goal,race,player,coach,tennis,striker,penalty", "weather": "rain,snow,storm,fog,wind,thunder,temperatures,sunny",
    "food": "bread,soup,cake,rice,onions,butter,potatoes,dinner", "money": "bank,loan,profit,shares,taxes,prices,investor,market",
    "technology": "phone,software,computer,robot,server,chip,laptop,network", "health": "doctor,nurse,medicine,hospital,vaccine,fever,patient,dentist",
    "travel": "flight,hotel,train,passport,suitcase,tourists,ferry,holiday", "music": "band,piano,choir,guitar,singer,orchestra,album,concert",
}
OPENERS = ["", "", "Yesterday ", "Today ", "Last week ", "In the morning ", "This year ", "As expected, ", "Once again "]
TAILS = ["", "", " in {the city|our town|the capital}", " according to {a report|my brother|the paper}", ", {she|he} said", " near {the harbour|our street}"]
KEYWORD_FRAMES = [
    "{A text|An article|A note|A report} about the <k> and the <j>", "{They|We} {talked|wrote|spoke} about the <k>{ and the <j>|}",
    "The <k>{ and the <j> were|, not something else, was} in the news", "{Everything|A few words} about the <k>{ and the <j>|}",
]
KEYWORD_FRAMES += ["{My neighbour|My uncle|Everybody} keeps {talking|asking} about the <k> and the <j>", "{She|He} asked {him|us} about the <k>{, then about|and} the <j>", "{First|Then} the <k>, {then|and later} the <j>"]
KEYWORD_FRAMES_HELD = ["Both the <k> and the <j> came up during our chat", "He sent me a picture of the <k> beside the <j>"]
TOPIC_ASK = [
    "{What is|What's|Name|Tell me|Give} the topic of this {sentence|text|message}{:|?} <x>", "{Classify|Label} {this|the following} {text|sentence} by topic: <x>",
    "{Which|What} topic is this{| text| sentence} about? <x>", "Topic{:|?} <x>", "<x> {What is the topic?|Which topic is that?|Name the topic.}",
]
TOPIC_ASK += [
    "{Here is|I read|I have} a {sentence|text|message}: <x> {Which|What} topic {does it belong to|is it|has it}?", "{Which|What} topic would you {file this under|give this|choose for this}? <x>", "{To which topic does this belong|What is this about|What subject is this}{:|?} <x>",
    "{Sort|Put} this {by|under a} topic: <x>", "<x> {What is that about|Which topic fits}?", "{A reader|Someone} {wrote|said}: <x> {Topic|Its topic}?",
]
TOPIC_ASK_HELD = ["Under which topic does the following sentence fall? <x>", "Read this and tell me its topic: <x>"]
TOPIC_TASK = ["{name|give|state|tell me|say|choose|find|guess|report|write} {the|its} {topic|subject|theme|field}", "{which|what} {topic|subject|theme} {is it|fits|is that|would you say it has|does it treat}", "{label|sort|classify|file} {it|this} by {topic|subject}", "{say|tell me} what {it|this} is about"]
TEAMS = "red team,home side,visitors,young team,blue team".split(",")


def sentiment(rng, held):
    label = rng.choice(["positive", "positive", "negative", "negative", "neutral"])
    words = {"positive": POSITIVE, "negative": NEGATIVE, "neutral": NEUTRAL}[label]
    text = fill(rng, rng.choice((FRAMES_HELD if held else FRAMES)[label]), s=rng.choice(SUBJECTS_HELD if held else SUBJECTS), p=rng.choice(words))
    if not held and rng.random() < 0.5:
        text = opinion(rng, rng.choice(SUBJECTS), rng.choice(words))
    shown = rng.choice([text, text, f'"{text}"'])
    if held or rng.random() < 0.4:
        prompt = fill(rng, rng.choice(SENTIMENT_ASK_HELD if held else SENTIMENT_ASK), x=shown)
    else:
        prompt = request(rng, fill(rng, rng.choice(SENTIMENT_TASK)), shown)
    return item("sentiment", prompt, fill(rng, "{The sentiment is <l>.|<l>|<l>}", l=label).capitalize(), kind="label", text=label, among=["positive", "negative", "neutral"])


def topic(rng, held):
    label = rng.choice(sorted(TOPICS))
    if held or rng.random() < 0.6:
        first, second = rng.sample(KEYWORDS[label].split(","), 2)
        while (bucket(first + second) < 2) != held:
            first, second = rng.sample(KEYWORDS[label].split(","), 2)
        text = fill(rng, rng.choice(KEYWORD_FRAMES_HELD if held else KEYWORD_FRAMES), k=first, j=second) + "."
        if not held and rng.random() < 0.4:
            text = carrier(rng, [f"{rng.choice(['the', 'a', 'some', 'his'])} {first}", f"{rng.choice(['the', 'a', 'that', 'her'])} {second}"])
    else:
        base = fill(rng, rng.choice(TOPICS[label].split("|")), team=rng.choice(TEAMS))
        opener = rng.choice(OPENERS)
        text = opener + (base[0].lower() + base[1:] if opener else base) + fill(rng, rng.choice(TAILS)) + "."
    shown = rng.choice([text, text, f'"{text}"'])
    if held or rng.random() < 0.6:
        prompt = fill(rng, rng.choice(TOPIC_ASK_HELD if held else TOPIC_ASK), x=shown)
    else:
        prompt = request(rng, fill(rng, rng.choice(TOPIC_TASK)), shown)
    return item("topics", prompt, fill(rng, "{The topic is <l>.|<l>|<l>}", l=label).capitalize(), kind="label", text=label, among=sorted(TOPICS))
