"""Sums within 0..99, the multiplication table to 10 x 10, comparisons, short word problems, and sums out of range."""

from carriers import LEADS, TAILS, chatter
from pick import bucket, fill, item

ASK = [
    "{What is|What's|whats|Calculate|Compute|Work out|Tell me|How much is|Solve} <a> <op> <b>{?|}",
    "<a> <op> <b>{| =| = ?|?}",
    "{Please |}{add up|calculate|compute|work out}: <a> <op> <b>",
    "{What do you get for|What does|Give me the result of|Find} <a> <op> <b>{?|}",
    "{Can you calculate|Could you work out|I need} <a> <op> <b>{?|}",
    "What {would|will|should} <a> <op> <b> be?",
    "What is the result {when you calculate|if I compute|of} <a> <op> <b>?",
    "I {would like to know|want to know|forgot|am not sure} {what|how much} <a> <op> <b> is.",
    "{Quick question|A question|For my homework|One sum}{:|,} {how much is|what is|} <a> <op> <b>{ in total|}{?|}",
    "{My teacher|My son} asks: <a> <op> <b>{?|}", "<a> <op> <b>{,| -} {what is it|how much is that}?",
]
ASK_HELD = [
    "If I take <a> <op> <b>, which number comes out?",
    "Let me test you: <a> <op> <b> makes what?",
    "Do you know how much <a> <op> <b> comes to?",
    "Give me only the value of <a> <op> <b>, please.",
]
SIGNS = {"+": ["+", "+", "plus"], "-": ["-", "-", "minus"], "*": ["x", "*", "times"]}
BEFORE = [
    "{say|tell me|show|write|find|give|report|guess|work out|figure out|count|let me know|let us see|I seek|I would like|we need|they want} {what|how much} <z> {is|gives|yields|equals|amounts to|adds up to|brings|leaves|is equal to}", "{the|which|what} {result|total|answer|outcome|number|sum|value} {of|for|from|behind|is behind} <z>",
    "{how much|what|which number} {is|does|would|gives|equals|do you get from|do we have after|results from|follows from|stands for|shall I write for} <z>", "{add up|reckon|evaluate|settle|do|solve|check|try|compute|calculate|finish} <z>", "<z> {equals|gives|yields|is|amounts to|comes out as|should give|leaves} {what|how much|which number}",
    "{take|have|start with|put down|type|imagine|consider} <z>{: what|, and what|. What|, then how much|. How much} {is it|is that|do you get|will it be|is the answer|remains|is there}", "<z>",
]
IN_WORDS = {
    "+": ["{add|count together|put together|sum up} <a> {and|to|with} <b>", "{the|what is the} sum of <a> and <b>", "<a> and <b> {together|in total|added}", "{what|how much} is <b> more than <a>"],
    "-": ["{subtract|take|deduct} <b> from <a>", "{the|what is the} difference {between|of} <a> and <b>", "<a> {less|without|reduced by} <b>", "{what|how much} is <b> less than <a>"],
    "*": ["multiply <a> {by|with|and} <b>", "{the|what is the} product of <a> and <b>", "<a> {multiplied by|times} <b>"],
}
STORY = {
    "+": [
        "{In the beginning|Once|Some time ago} there {were|are} <a> <t> {here|in the house|with <n>}. {Later|Since then|After that} <b> {more |others }{came|were brought|were added|appeared}. {How many|What number} of <t> {is that|are there|makes it}{ now|}?", "<n> {started with|began with|noted} <a> <t>, {then|later|and} <b> {more |further }{<t> |}{were found|turned up|came|were bought}. {How many|What number} of <t> {are there|is that|is it} {now|altogether|in sum}?",
        "<n> has <a> <t> and {gets|finds|buys|is given} <b> more. How many <t> does <n> have{ now|}?",
        "There are <a> <t> {in a box|on a table|in a basket} and <b> <t> {on the floor|in a bag|outside}. How many <t> are there{ in all| together|}?",
        "<n> owns <a> <t>. {A friend|Her aunt|The shop} {brings|sends|adds} <b> more{ <t>|}. How many <t> does <n> have now?",
        "First <n> {sees|has} <a> <t>, {later|and then} <b> more {come|arrive}. {How many is that|How many in total}?",
    ],
    "-": [
        "{In the beginning|Once|Some time ago} there {were|are} <a> <t> {here|in the house|with <n>}. {Later|Since then|After that} <b> {of them |}{vanished|went missing|were sold|fell down|were eaten}. {How many|What number} {of <t> |}{is|are|stays} {still there|left}?", "<n> {started with|began with|counted|noted} <a> <t>, {then|later|and} <b> {of them |}{got lost|disappeared|were taken|fell into the sea}. {How many|What number} of {the |}<t> {are|is} {left|still here|safe}?",
        "<n> has <a> <t> and {loses|sells|gives away|eats} <b>{ of them|}. How many <t> {are left|does <n> have left|does <n> have now}?",
        "There are <a> <t> {in a box|on a table}. <n> takes <b>{ away| of them}. How many <t> {are left|remain}?",
        "<n> owns <a> <t>. {A friend|A thief|The shop} takes <b>{ of the <t>|}. How many{ <t>|} are left?",
        "{First|Yesterday} <n> {had|saw} <a> <t>, but <b>{ <t>|} {were lost|are gone|broke}. How many {remain|are left}?",
    ],
}
BEGIN = "{To begin with|Early on|On Monday|Before lunch|This morning|At the start|In spring|On the first day}, {<n> {collected|lists|noted|keeps|gathers|watches|made} <a> <t>|<a> <t> {lie there|stand in a row|belong to <n>|are with <n>}}"
FOLLOW = {
    "+": ["{, and later|; soon|. After that|; a day after,|. In the evening} {a further |}<b> {<t> |more |}{join|are added|come along|show up|follow|reach <n>|fall from a cart}. {How many <t>|What number} {does that make|is the whole|are there together|do we have in all|does it come to}?"],
    "-": ["{, but|; sadly,|. However,|. By night|, yet} <b> {<t> |of them |}{melt|crack|sink|burn|run off|are stolen|split|are thrown away}. {How many <t>|How many|What number} {stay|are not lost|survive|can still be used|does <n> keep}?"],
}
STORY_HELD = {
    "+": ["At first <n> counts <a> <t>, then another <b> <t> arrive. How many <t> make up the total?"],
    "-": ["At first <n> counts <a> <t>, but then <b> <t> break. How many whole <t> remain?"],
}
NAMES = "Ana,Tom,Mira,Leo,Sara,Ben,Nina,Paul,Rosa,Karl,Eva,Max,Lena,Omar,Ivan,Zoe".split(",")
NAMES_HELD = "Greta,Victor,Salma,Bruno".split(",")
THINGS = "apples,coins,books,pens,stones,cards,stamps,cups,keys,eggs,boats,lamps,tickets,flowers".split(",")
THINGS_HELD = "marbles,shells,ribbons,pears".split(",")
COMPARE = ["{Which|What} {is|number is} {larger|bigger|greater}{,|:} <a> or <b>?", "{Is|Tell me which is} larger{,|:} <a> or <b>?", "Of <a> and <b>, {which|what} {number |}is {larger|bigger}?", "{Compare|Look at} <a> and <b>. {Which is larger|Name the larger one}."]
COMPARE += ["{Say|State|Pick|Choose|Show me} the {larger|bigger|greater} {one|number|value}{ of| of these}{:|} <a>{,| and| or} <b>.", "{Here are|I have|Take} <a> and <b>{.|:} {Which|What} {one |}is {more|larger|the greater}?", "{Is|Would} <a> or <b> {be |}the {larger|bigger|greater} {one|number}?"]
COMPARE_HELD = ["Between <a> and <b>, tell me the larger number."]
LIMIT = "I can only add and subtract whole numbers from 0 to 99."
TABLE = "I only know the multiplication table up to 10 times 10."
BELOW = "The result would be below zero, and I can't work with that."
DIVIDE = "I can't divide. I can add, subtract and multiply small numbers."


def operands(rng, op, held):
    while True:
        if op == "*":
            return rng.randint(0, 10), rng.randint(0, 10)
        a, b = rng.randint(0, 99), rng.randint(0, 99)
        if op == "-" and rng.random() < 0.45:
            b = max(0, a - rng.randint(0, 12))
        elif op == "-" and a < b:
            a, b = b, a
        if rng.random() < 0.15:
            a, b = (a % 10, b % 10) if op == "+" or a % 10 >= b % 10 else (b % 10, a % 10)
        if (bucket(f"{min(a, b)} {op} {max(a, b)}") == 0) == held:
            return a, b


def asked(rng, held, op, a, b):
    """A sum as a question."""
    if held or rng.random() < 0.4 or op == "/":
        return fill(rng, rng.choice(ASK_HELD if held else ASK), a=a, b=b, op=rng.choice(SIGNS[op]) if op != "/" else rng.choice(["/", "divided by"]))
    if rng.random() < 0.25:
        text = fill(rng, rng.choice(IN_WORDS[op]), a=a, b=b)
    else:
        text = fill(rng, rng.choice(BEFORE), z=f"{a} {rng.choice(SIGNS[op])} {b}")
    text = text if rng.random() < 0.2 else text[0].upper() + text[1:]
    roll = rng.random()
    if roll < 0.15:
        text = f"{rng.choice(LEADS)} {text[0].lower() + text[1:]}"
    elif roll < 0.3:
        text = f"{chatter(rng)} {text}"
    return text + rng.choice(["?", ".", "", "?", rng.choice(TAILS) + "?"])


def result(op, a, b):
    return a + b if op == "+" else a - b if op == "-" else a * b


def out_of_range(rng, held):
    kind = rng.choice(["big", "big", "big", "table", "below", "divide"])
    if kind == "big":
        op = rng.choice("+-")
        a, b = rng.choice([(3, 3), (3, 2), (2, 3), (4, 4), (5, 3), (3, 4), (1, 3)])
        a, b = rng.randint(10 ** (a - 1), 10**a - 1), rng.randint(10 ** (b - 1), 10**b - 1)
        reply = LIMIT
    elif kind == "table":
        op, a, b, reply = "*", rng.randint(11, 99), rng.randint(2, 99), TABLE
        if rng.random() < 0.5:
            a, b = b, a
    elif kind == "below":
        op, a, reply = "-", rng.randint(0, 80), BELOW
        b = rng.randint(a + 1, 99)
    else:
        op, a, b, reply = "/", rng.randint(1, 99), rng.randint(1, 12), DIVIDE
    if (bucket(f"{a} {op} {b}") == 0) != held:
        return out_of_range(rng, held)
    prompt = asked(rng, held, op, a, b)
    return item("unknown", prompt, reply, kind="refusal")


def compare(rng, held):
    a, b = rng.sample(range(100), 2)
    while (bucket(f"{a} or {b}") == 0) != held:
        a, b = rng.sample(range(100), 2)
    prompt = fill(rng, rng.choice(COMPARE_HELD if held else COMPARE), a=a, b=b)
    return item("arithmetic", prompt, f"{max(a, b)} is larger than {min(a, b)}.", kind="first number", value=max(a, b))


def several(rng):
    """Many sums in one prompt: dense practice, for training alone."""
    sums = []
    for _ in range(rng.randint(3, 9)):
        op = rng.choice("+++---*")
        sums.append((*operands(rng, op, False), op))
    asked = [f"{a} {rng.choice(SIGNS[op]) if rng.random() < 0.3 else op.replace('*', 'x')} {b}" for a, b, op in sums]
    lead = fill(rng, "{Calculate|Work out|Compute|Solve|What is|Give me the results of|Please calculate}{:|}{ |\n}")
    answer = "\n".join(f"{a} {op.replace('*', 'x')} {b} = {result(op, a, b)}" for a, b, op in sums)
    return item("arithmetic", lead + rng.choice([", ", "; ", "\n"]).join(asked), answer, kind="none")


def arithmetic(rng, held):
    roll = rng.random()
    if roll < 0.12:
        return out_of_range(rng, held)
    if roll < 0.20:
        return compare(rng, held)
    op = rng.choice("+++---*")
    if roll < 0.36 and op != "*":
        a, b = operands(rng, op, held)
        name, thing = rng.choice(NAMES_HELD if held else NAMES), rng.choice(THINGS_HELD if held else THINGS)
        pattern = BEGIN + rng.choice(FOLLOW[op]) if not held and rng.random() < 0.35 else rng.choice((STORY_HELD if held else STORY)[op])
        prompt = fill(rng, pattern, n=name, t=thing, a=a, b=b)
        return item("arithmetic", prompt, f"{a} {op} {b} = {result(op, a, b)}", kind="last number", value=result(op, a, b))
    a, b = operands(rng, op, held)
    prompt = asked(rng, held, op, a, b)
    reply = f"{a} {'x' if op == '*' else op} {b} = {result(op, a, b)}"
    return item("arithmetic", prompt, reply, kind="last number", value=result(op, a, b))
