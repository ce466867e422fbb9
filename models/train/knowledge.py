"""Capitals and opposites, with what is not known in the same forms."""

from carriers import scattered
from pick import fill, item, made_up

CAPITALS = dict(
    pair.split(":")
    for pair in (
        "France:Paris,Spain:Madrid,Italy:Rome,Germany:Berlin,Portugal:Lisbon,Norway:Oslo,Sweden:Stockholm,Finland:Helsinki,"
        "Denmark:Copenhagen,Poland:Warsaw,Austria:Vienna,Hungary:Budapest,Greece:Athens,Ireland:Dublin,Belgium:Brussels,"
        "Switzerland:Bern,Iceland:Reykjavik,Russia:Moscow,Ukraine:Kyiv,Romania:Bucharest,Bulgaria:Sofia,Serbia:Belgrade,"
        "Croatia:Zagreb,Turkey:Ankara,Egypt:Cairo,Kenya:Nairobi,Morocco:Rabat,Ethiopia:Addis Ababa,Ghana:Accra,Senegal:Dakar,"
        "Japan:Tokyo,China:Beijing,India:New Delhi,Thailand:Bangkok,Vietnam:Hanoi,Indonesia:Jakarta,South Korea:Seoul,"
        "Philippines:Manila,Nepal:Kathmandu,Iran:Tehran,Iraq:Baghdad,Israel:Jerusalem,Lebanon:Beirut,Jordan:Amman,"
        "Canada:Ottawa,Mexico:Mexico City,Cuba:Havana,Peru:Lima,Chile:Santiago,Argentina:Buenos Aires,Brazil:Brasilia,"
        "Colombia:Bogota,Ecuador:Quito,Uruguay:Montevideo,Venezuela:Caracas,Australia:Canberra,New Zealand:Wellington,"
        "Estonia:Tallinn,Latvia:Riga,Lithuania:Vilnius"
    ).split(",")
)
UNKNOWN_COUNTRIES = (
    "Mali,Chad,Niger,Togo,Benin,Angola,Zambia,Malawi,Uganda,Rwanda,Somalia,Sudan,Libya,Algeria,Namibia,Liberia,Gabon,Congo,"
    "Guinea,Laos,Cambodia,Malaysia,Bhutan,Pakistan,Kuwait,Oman,Yemen,Qatar,Syria,Georgia,Armenia,Kazakhstan,Panama,Honduras,"
    "Guatemala,Jamaica,Haiti,Bolivia,Paraguay,Guyana,Fiji,Samoa,Tonga,Malta,Cyprus,Albania,Moldova,Slovenia"
).split(",")
HELD_COUNTRIES = "Mongolia,Botswana,Mozambique,Tunisia,Eritrea,Bangladesh,Myanmar,Bahrain,Uzbekistan,Nicaragua,Suriname,Vanuatu,Slovakia,Andorra,Barbados,Lesotho".split(",")

CAPITAL_ASK = [
    "{What is|What's|whats|Tell me|Name|Give me|Do you know|Say} the capital{| city} of <x>{?|}",
    "{Which|What} city is the capital{| city} of <x>{?|}",
    "{The capital of <x>|<x>'s capital|Capital of <x>|<x>, capital}{?|| is| is?| please}",
    "{I need|I want to know|Please tell me|Can you tell me|Could you name} the capital of <x>{.|?|}",
    "What is <x>'s capital{ city|}?",
    "{What|Which} is the {main city and seat of government|capital city} {of|in} <x>?",
    "{Which|What} capital{ city|} does <x> have?",
    "For {a quiz|my homework|a game}{:|,} {what would be|what is|name} the capital of <x>{?|}",
    "Remind me {which city is <x>'s capital|of the capital of <x>}.",
    "I {forgot|don't remember|am not sure about} the capital of <x>{, what is it?|. Which city is it?|.}",
    "{My teacher|Someone|My son} {asks|asked}: {what is|which city is} the capital of <x>?",
    "<x>: {what|which city} is the capital{ there|}?",
    "Where {is the government of|does the government sit in} <x>{?|, in which capital?}",
]
CAPITAL_ASK += [
    "My {cousin|friend|aunt} {lives in|writes from|comes from} <x>. {Which|What} {city|town} is {its|the country's} capital?", "{In|For} <x>, {which|what} {city|town} {serves as|is called|is|has become} the capital?", "{Everybody|A guide|Our book} {tells|has something} of <x>{. But|. And|, so} {what|which one} is its capital{ city|}?",
    "{Is there|Have they} a capital in <x>, and {what|which} is it?", "{One|They} {calls|call} {which|what} {city|place} the capital of <x>?", "{Please |}{write|spell|complete|note} {down |}the capital of <x>{ for me|}.", "The capital of <x>{: I forgot it| is what| - any idea| is named}?",
]
CAPITAL_ASK_HELD = [
    "When people speak of <x>, which city do they call its capital?",
    "I am travelling to <x> soon. What is the capital there?",
    "Between us, do you happen to know the capital of <x>?",
    "The capital of <x> would be which city?",
]
COUNTRY_ASK = [
    "{Which|What} country has <x> as its capital{| city}{?|}",
    "<x> is the capital of {which|what} country?",
    "{Of which country is <x> the capital|Which country is <x> the capital of}?",
    "{Name|Tell me} the country whose capital is <x>.", "{Whose|Of whom is <x> the} capital{ is <x>|}?", "What is the name of the country that has <x> for a capital?", "<x>{:| -} capital of {which|what} {country|land}?", "{I know|I heard} that <x> is a capital. Of {which|what} country?",
]
COUNTRY_ASK += ["{In|Of|For} {which|what} {country|land|state} is <x> {the capital|the capital city|called the capital}?", "{Someone|A man} in the capital <x> {lives in|is a citizen of} {which|what} {country|land}?", "<x>, {a|the} capital: {whose|which country's|of what land}?", "{Complete|Finish}: <x> is the capital of"]
COUNTRY_ASK_HELD = ["To which country does the capital <x> belong?", "If <x> is the capital, which country am I in?"]

OPPOSITES = (
    "hot:cold,big:small,tall:short,fast:slow,happy:sad,light:dark,open:closed,old:young,rich:poor,hard:soft,wet:dry,full:empty,"
    "early:late,high:low,near:far,strong:weak,loud:quiet,clean:dirty,good:bad,right:wrong,up:down,left:right,in:out,on:off,"
    "day:night,win:lose,buy:sell,give:take,push:pull,start:stop,love:hate,first:last,front:back,inside:outside,above:below,"
    "before:after,always:never,true:false,yes:no,wide:narrow,deep:shallow,thick:thin,heavy:light,sharp:blunt,smooth:rough,"
    "sweet:bitter,cheap:expensive,easy:difficult,simple:complex,safe:dangerous,brave:afraid,polite:rude,kind:cruel,"
    "modern:ancient,alive:dead,awake:asleep,public:private,success:failure,arrive:leave,remember:forget,increase:decrease,"
    "accept:refuse,begin:end,build:destroy,attack:defend,north:south,east:west,summer:winter,friend:enemy,question:answer,"
    "laugh:cry,rise:fall,borrow:lend,send:receive,top:bottom,noisy:silent,tight:loose,guilty:innocent,maximum:minimum,"
    "visible:hidden,together:apart,beautiful:ugly,lazy:busy,calm:nervous,generous:greedy,solid:liquid,temporary:permanent"
)
PAIRS = [pair.split(":") for pair in OPPOSITES.split(",")]
OPPOSITE: dict[str, str] = {}
for one, other in PAIRS:
    OPPOSITE.setdefault(one, other)
    OPPOSITE.setdefault(other, one)
NO_OPPOSITE = "table,chair,stone,bread,lamp,river,window,paper,tree,cloud,bottle,spoon,shoe,horse,garden,bridge,letter,seven,blue,engine,music,button,ticket,basket,carpet,mirror,candle,ladder,pencil,blanket".split(",")
NO_OPPOSITE_HELD = "teapot,violin,pepper,mountain,camera,saddle,pillow,whistle,anchor,biscuit".split(",")

OPPOSITE_ASK = [
    "{What is|What's|whats|Tell me|Give me|Name|Say} the opposite {of|to} {<x>|\"<x>\"|'<x>'|the word <x>}{?|}",
    "{Opposite|The opposite|Antonym} of {<x>|\"<x>\"}{?||:}",
    "{What|Which} {word |}is the opposite of {<x>|\"<x>\"}?",
    "{Give|Name|Tell me|Find|I need} {a|the} word {that means|meaning|with} the opposite {of|meaning of} {<x>|\"<x>\"}{.|}",
    "{What|Which word} means the opposite of {<x>|\"<x>\"}?",
    "<x>{: opposite?| - opposite?|, the opposite please}",
    "If something is not <x>, what is {its opposite|it}?",
    "{Can|Could} you {think of|find|name|tell me} the opposite of {the word |}{<x>|\"<x>\"}?",
    "I am {looking for|trying to find|thinking of} the opposite of {<x>|\"<x>\"}{, what is it?|. Which word is that?|.}",
    "{Which|What} opposite does {<x>|\"<x>\"|the word <x>} have?",
    "{For a quiz|For my homework|In one word}{:|,} the opposite of {<x>|\"<x>\"}{?|}",
    "{Turn|Change} {<x>|\"<x>\"} into its opposite.",
    "{I forgot|Remind me of} the {antonym|opposite} of {<x>|\"<x>\"}.",
]
OPPOSITE_ASK += [
    "{My pen pal|The teacher|A child} {needs|asks for|seeks} {a word, the|the} opposite of {<x>|\"<x>\"}{.|?}", "{How|In which word} do {you|people} {say|express} the opposite of {<x>|\"<x>\"}?", "{Someone|She} says {<x>|\"<x>\"}. {Say|Tell me|Now give} the opposite{ word|}.", "{I read|Here is|Take} the word {<x>|\"<x>\"}{. And its|: what is its} opposite?",
    "{There must be|Is there|Find me} an opposite {of|to|for} {<x>|\"<x>\"}{?|.}", "{Not <x> but|The reverse of <x> is} {what|its opposite}?",
]
OPPOSITE_ASK_HELD = [
    "What would you call the opposite of <x>?",
    "My dictionary lacks the opposite of \"<x>\". Do you know it?",
    "The word is <x>. Its opposite is which word?",
    "Help me: I want to say the opposite of <x>.",
]


def asking(rng, held, asks, name, reverse=False, words="capital"):
    """A question about a name, in a fixed form or with its words scattered."""
    if held or rng.random() < 0.7:
        return fill(rng, rng.choice(asks), x=name)
    parts = [fill(rng, words), fill(rng, "{<x>|<x>|<x>|of <x>|for <x>|\"<x>\"}", x=name)]
    return scattered(rng, parts + ([fill(rng, "{which|what|the} {country|land|country}")] if reverse else []))


def several(rng):
    """Many capitals or opposites in one prompt: dense practice, for training alone."""
    count, kind = rng.randint(3, 8), rng.choice(["capital", "capital", "country", "opposite"])
    asked, replies = [], []
    for _ in range(count):
        known = rng.random() < 0.8
        if kind == "opposite":
            word = rng.choice(sorted(OPPOSITE)) if known else rng.choice([rng.choice(NO_OPPOSITE), made_up(rng, False, capital=False)])
            replies.append(f"The opposite of {word} is {OPPOSITE[word]}." if word in OPPOSITE else f"I don't know an opposite of {word}.")
        elif kind == "capital":
            word = rng.choice(sorted(CAPITALS)) if known else rng.choice([rng.choice(UNKNOWN_COUNTRIES), made_up(rng, False)])
            replies.append(f"The capital of {word} is {CAPITALS[word]}." if word in CAPITALS else f"I don't know the capital of {word}.")
        else:
            country = rng.choice(sorted(CAPITALS))
            word = CAPITALS[country] if known else made_up(rng, False)
            replies.append(f"{word} is the capital of {country}." if known else f"I don't know which country has {word} as its capital.")
        asked.append(word)
    lead = {"capital": "{What are|Name|Tell me|Give me|List} the capitals of", "country": "{Which|Name the} countries have these capitals{:|?}", "opposite": "{What are|Name|Give me|List} the opposites of"}[kind]
    return item("capitals", f"{fill(rng, lead)} {rng.choice([', ', ', ', ' and ', '; '] ).join(asked)}{rng.choice('?.')}", "\n".join(replies), kind="none")


def capital(rng, held):
    known = rng.random() < (0.5 if held else 0.62)
    reverse = rng.random() < 0.3
    asks = (COUNTRY_ASK_HELD if held else COUNTRY_ASK) if reverse else (CAPITAL_ASK_HELD if held else CAPITAL_ASK)
    if known:
        country = rng.choice(sorted(CAPITALS))
        city = CAPITALS[country]
        prompt = asking(rng, held, asks, city if reverse else country, reverse, "{the |which |its |}capital{ city|}")
        answer = fill(rng, "{<c> is the capital of <x>.|The capital of <x> is <c>.}", x=country, c=city)
        return item("capitals", prompt, answer, kind="has", text=country if reverse else city)
    if reverse:
        name = made_up(rng, held)
        answer = fill(rng, "I don't know {which country has <x> as its capital|a country whose capital is <x>}.", x=name)
    else:
        name = made_up(rng, held) if rng.random() < 0.4 else rng.choice(HELD_COUNTRIES if held else UNKNOWN_COUNTRIES)
        answer = fill(rng, "I don't know the capital of <x>.", x=name)
    return item("unknown", asking(rng, held, asks, name, reverse, "{the |which |its |}capital{ city|}"), answer, kind="refusal")


def opposite(rng, held):
    asks, words = OPPOSITE_ASK_HELD if held else OPPOSITE_ASK, "{the |which |its |an |}{opposite|opposite|antonym}"
    if rng.random() < (0.6 if held else 0.62):
        word = rng.choice(sorted(OPPOSITE))
        reply = fill(rng, "The opposite of {<x>|\"<x>\"} is {<y>|\"<y>\"}.", x=word, y=OPPOSITE[word])
        return item("opposites", asking(rng, held, asks, word, words=words), reply, kind="has", text=OPPOSITE[word])
    word = made_up(rng, held, capital=False) if rng.random() < 0.4 else rng.choice(NO_OPPOSITE_HELD if held else NO_OPPOSITE)
    return item("unknown", asking(rng, held, asks, word, words=words), fill(rng, "I don't know an opposite of {<x>|\"<x>\"}.", x=word), kind="refusal")
