"""What Cortensor is and how to use it: terms, questions of fact, commands, and what the model says of itself."""

from carriers import scattered
from pick import fill, item

# term | answers | key words that a right answer holds (any of them)
TERMS = """
Cortensor|Cortensor is an open network where strangers' machines run AI models and are paid for work that survives checking.;Cortensor is a network for AI inference: routers take requests, miners run models, and every answer has a receipt.|inference,run AI models
a router|A router is the door of the network: it takes requests, chooses a miner, streams the answer and gives a receipt.;A router bridges users and miners. It handles the API, matching, streaming, receipts and settlement.|chooses a miner,bridges users
a miner|A miner is a node that runs models and signs its results.;A miner runs a model on its own hardware, signs each result and is paid in COR.|runs models,runs a model
a guard|A guard keeps the epochs, attests roots and sits on juries.;A guard is an oracle node: it keeps epochs, attests roots and judges disputes.|attests roots
a validator|A validator is a miner or guard drawn by lot to check work that is not its own.;A validator checks the work of others and is drawn for one duty.|check work,checks the work
a session|A session is a deposit with a service agreement: the model, the redundancy, the privacy and the price.;A session holds a deposit and says which model, privacy and validation you want.|deposit
a task|A task is one inference request.;A task is one request for inference inside a session.|inference
a receipt|A receipt is the router's promise of what a task pays and to whom, backed by its bond.;A receipt states what a task pays and to whom. The router's bond stands behind it.|pays
a result|A result is the miner's signed statement of what it computed.;A result is what a miner signs when it has finished a task.|signed statement,miner signs
a checkpoint|A checkpoint is a miner's signed position inside a task, made every 32 tokens.;A checkpoint says how far a miner has come in a task. It is signed every 32 tokens.|32 tokens
a segment|A segment is the part of a task that one miner produced.;A segment is the piece of an answer made by one miner.|one miner
a replica|A replica is one of several copies of a task, run by different miners.;A replica is a redundant copy of a task.|copies of a task,copy of a task
a debit|A debit is the client's signed permission to spend from a session.;A debit is a signed, growing sum that the client allows to be spent.|client
a lane|A lane is the client's spending counter for one router operator.;A lane counts what a client has spent with one operator.|operator
an operator|An operator is the owner of routers or of nodes.;An operator owns routers or nodes.|owner of routers,owns routers
a client|A client is the owner of a session.;A client owns a session and pays for its tasks.|session
COR|COR is the token that pays for work in Cortensor.;COR is the coin of the network: sessions are paid in it.|token,coin
a hold|A hold is money set aside for a running task.;A hold keeps money aside until a task is finished.|aside
a lease|A lease is a router's slice of a budget.;A lease is the part of a budget that one router may use for a while.|budget
an epoch|An epoch is ten minutes of chain time.;An epoch lasts ten minutes of chain time, or thirty seconds on local profiles.|ten minutes
a vblock|A vblock is twelve seconds of chain time.;A vblock lasts twelve seconds of chain time.|twelve seconds
a level|A level is a number from 0 to 10 that says how capable a node is.;A level, from 0 to 10, shows the capability found in a node.|0 to 10
a network task|A network task is work that the network makes to assess nodes.;A network task tests nodes: it is proof of useful work.|assess nodes,tests nodes
a duty|A duty is one validation drawn for one validator in one epoch.;A duty is a single check that a validator must do.|validat
an ephemeral node|An ephemeral node is a qualified node in the shared pool.;An ephemeral node serves anyone from the shared pool.|pool
a dedicated node|A dedicated node is pinned to one session.;A dedicated node works for one session only.|one session
a reserved node|A reserved node is bound to a session for a while.;A reserved node is kept for a session for a limited time.|session for a
a kernel class|A kernel class is an engine build with its backend and instruction set: inside one, replay is exact to the bit.;A kernel class groups machines on which a replay is exact to the bit.|exact
a recipe|A recipe is the ordered list of calls that built a result.;A recipe lists the calls that built a result, so that it can be replayed.|calls
the outbox|The outbox keeps a miner's results until it holds their receipts.;The outbox is where a miner stores results that have no receipt yet.|results
staking|Staking locks COR as a bond that can be lost by cheating.;Staking means to lock COR as a bond.|bond
slashing|Slashing takes stake from a node that was proved to cheat.;Slashing means that a cheating node loses its stake.|stake
settlement|Settlement posts debits and credits to the chain, and miners are paid.;Settlement writes what was spent and earned to the chain.|chain
custody|Custody says who can spend: self, delegated or custodial.;Custody is the way spending keys are held: self, delegated or custodial.|custodial
the embedded model|The embedded model is the small language model that comes with Cortensor.;The embedded model is a small model shipped with Cortensor for tests and demos.|small
a profile|A profile is a file that describes a network: its chains, addresses and messengers.;A profile lists the chains and addresses of a network.|chains
a jury|A jury is a group of staked nodes that decides a dispute.;A jury decides a dispute by a vote of staked nodes.|dispute
the dashboard|The dashboard is a web page with a chat, the nodes, the tasks and the receipts.;The dashboard shows the network as it is, with a chat.|chat
the SDK|The SDK is the TypeScript library that applications import.;The SDK is a library to open sessions, chat, stream and verify receipts.|library
an API key|An API key lets you use an operator's session over HTTP.;An API key opens an operator's session to your application.|session
the L1|The L1 holds COR, the registry, stake and governance.;The L1 is the base layer: COR, stake and governance live there.|stake
the L2|The L2 holds sessions, the queue, payment and reputation.;The L2 is the work layer: sessions and payment live there.|sessions
the L3|The L3 is a private layer for an organisation and its members.;The L3 is a private network for one organisation.|private
"""
TERM_ASK = [
    "{What is|What's|whats|Explain|Define|Describe|what is} <t>{ in Cortensor|}{?|}", "{Tell me about|Please explain|Can you explain|I don't understand} <t>{.|?|}", "{What does|What is meant by} <t>{ mean|}?", "{What do you know about|Say something about} <t>{?|.}",
    "{In Cortensor, what is|In this network, what is|In short, what is} <t>?", "<t>{?|: what is it?|, what is that?}", "{Give me|I need} {a definition|an explanation|the meaning} of <t>{.|}", "What is <t> {for|good for}?", "How {does|would} <t> work?",
    "I {keep|am} {reading|hearing} about <t>{, what is it?|. What is that?|.}", "How would you {describe|explain|define} <t>{ to a beginner| to me| in a sentence|}?", "{Could|Would|Can} you {give|write|tell} {me |}{a short|the|a} definition of <t>?", "{Someone|My boss|A friend} {mentioned|spoke of|asked about} <t>{ to me|}{, please explain.|. What is it?|.}",
    "{I|We} {want|need|would like} to {know|learn|understand} {what <t> is|about <t>|<t>}{.|}", "{So what|What exactly|And what} is <t>{ here|}?", "{I lost track|Sorry|Wait|Remind me}{:|,} what {is|does} <t>{| do| mean}?", "{For a beginner|For my notes}{:|,} what is <t>?", "<t>{, please explain.| - what does that mean?|, in a few words?}",
]
TERM_ASK_HELD = ["The documents speak of <t>. What do they mean by it?", "As a newcomer I wonder what <t> is.", "If you had to explain <t>, what would you say?", "There is something called <t>. What is that?"]

# questions ; held-out questions ; answers ; key
FACTS = """
{How do I|How can I|How to} {start|run|launch} {Cortensor|the network|a local network}{?|}/{What|Which} command starts {Cortensor|the network|everything}?/{Start the network|Starting Cortensor|Launch everything}, how?/What {should|must|do} I {type|run} to {start|bring up|launch} {Cortensor|the network|it}?/How does {Cortensor|the network} start? ; By which command do I bring up Cortensor on my machine? ; Run npm start. It builds, starts the chain, a router and two miners, and prints a web address.|Type npm start in the folder of the project. ; npm start
{How do I|How can I|How to} {run|start} the tests{?|}/{What|Which} command runs the tests?/How is Cortensor tested?/What {should|must|do} I {type|run} {for the tests|to test it}? ; Which command should I type to test the project? ; Run npm test.|Type npm test. It runs everything that CI runs. ; npm test
{How do I|How can I|How to} {start|run|become|add|set up} a miner{?|}/{What|Which} command starts a miner?/I want to {mine|run a miner|become a miner}{.|, how?}/What {should|must|do} I {type|run} to {mine|be a miner|start mining}?/{Make|Turn} my machine {a|into a} miner, how? ; What must I type so that my machine mines? ; Run cortensor miner with --network and the profile of the network.|Use the command cortensor miner --network with a file or an address. ; cortensor miner
{How do I|How can I|How to} {start|run|set up} a router{?|}/{What|Which} command starts a router?/I want to run a router{.|, how?}/What {should|must|do} I {type|run} {for a router|to route requests}? ; What must I type so that my machine routes requests? ; Run cortensor router.|Use the command cortensor router. ; cortensor router
{How do I|How can I|How to} {open|create|make} a session{?|}/{What|Which} command opens a session?/I need a {new|fresh} session{.|, how?}/What {should|must|do} I {type|run} {for a session|to open a session}?/{Give|Get} me a session, how? ; Which command gives me a fresh session? ; Run cortensor session open.|Use cortensor session open and choose a deposit. ; session open
{How do I|How can I|How to} {close|end} {a|my} session{?|}/{What|Which} command closes a session?/{My session is over|I am finished with my session}, what now?/How is a session {closed|ended}? ; I am done with a session, how is it closed? ; Run cortensor session close.|Use cortensor session close. ; session close
{How do I|How can I|How to} {top up|refill|add money to} {a|my} session{?|}/{What|Which} command adds to {a|the} deposit?/My {deposit|session} {is empty|runs out|is low}, {what now|how do I add money}?/How is a deposit {topped up|refilled}? ; My deposit is almost spent, how do I top it up? ; Run cortensor session top-up.|Use cortensor session top-up. ; top-up
{How do I|How can I|How to} {list|see|show} my sessions{?|}/{What|Which} command lists sessions?/{Where|How} do I find {my|all} sessions?/{Show|List} all my sessions, how? ; Where do I find all the sessions that I have? ; Run cortensor session list.|Use cortensor session list. ; session list
{How do I|How can I|How to} {create|make|get} an API key{?|}/{What|Which} command creates {a|an API} key?/I need an API key{.|, how?}/{Where|How} do I {obtain|find|get} a key{ for the API|}?/{Give|Get} me {a|an API} key, how? ; What should I type to obtain a key for the API? ; Run cortensor key create.|Use cortensor key create. ; key create
{How do I|How can I|How to} {revoke|delete|remove} {an API|a|my} key{?|}/{What|Which} command revokes {a|an API} key?/My key {was stolen|leaked|is lost}, what now?/How is a key {revoked|removed|disabled}? ; My key was stolen, how do I revoke the key? ; Run cortensor key revoke.|Use cortensor key revoke. ; key revoke
{How do I|How can I|How to} {verify|check|prove} a receipt{?|}/{What|Which} command verifies a receipt?/Is my receipt {valid|real|right}?/How do I {know|see} that {a|my} receipt is {valid|real|right}?/How is a receipt {verified|checked}? ; With which command is a receipt checked? ; Run cortensor receipt verify with the id of the receipt.|Use cortensor receipt verify. ; receipt verify
{How do I|How can I|How to} {get|obtain} test {COR|tokens|coins}{?|}/{What|Which} command gives {me|out} test {tokens|COR}?/I need {test|free} {COR|tokens|coins}{.|, how?}/{Where|How} do I {find|get} {free|test} {tokens|COR|coins}?/Where do test {tokens|coins|COR} come from? ; Where do free COR for tests come from? ; Run cortensor faucet.|Use the command cortensor faucet. ; faucet
{How do I|How can I|How to} {see|show|check} the {status|state} of the network{?|}/{What|Which} command shows the status?/{Is|Are} {the network|my nodes} {well|alive|healthy|running}?/What {should|must|do} I {type|run} to see the {state|health} of the network? ; What do I type to learn whether the network is well? ; Run cortensor status.|Use the command cortensor status. ; cortensor status
{How do I|How can I|How to} {find|diagnose|fix} {a problem|problems|errors}{ with my installation|}{?|}/{What|Which} command {finds problems|checks my machine}?/{Something is broken|It fails|It does not work|My installation is broken}, what now?/What {should|must|do} I {type|run} when {it fails|something is broken}? ; My installation fails, which command looks for the problem? ; Run cortensor doctor.|Use the command cortensor doctor. ; doctor
{How do I|How can I|How to} {chat|talk} {with|to} {a|the} model{?|}/{What|Which} command {opens|starts} a chat?/I want to {chat|talk}{ in the terminal|}{.|, how?}/Can I chat {in|from} {a|the} {terminal|shell}? ; From the terminal, how do I chat with the model? ; Run cortensor chat.|Use the command cortensor chat. ; cortensor chat
{How do I|How can I|How to} {stop|end|quit} {Cortensor|the network|it}{?|}/{What|Which} key stops {Cortensor|everything}?/How is {it|the network|Cortensor} {stopped|shut down|ended}? ; How is a running network shut down? ; Press Ctrl-C. Everything stops cleanly and the data stays.|Press Ctrl-C. ; Ctrl-C
{How do I|How can I|How to} use the OpenAI client{ with Cortensor|}{?|}/{Does|Can} {the OpenAI client|my OpenAI code} work{ with Cortensor|}? ; Is the library of OpenAI usable with a router? ; Set the base URL to the router and use your API key.|Yes. Point the base URL at the router and use your API key. ; base URL
{Which|What} {things|software} {do I|must I} {need|install}?/{What|Which} version of Node {do I need|is needed}?/What are the requirements?/What {has to|must} be installed{ first|}?/What do I need {first|before I start}? ; Before I begin, what has to be installed? ; You need Node 20.19 or newer and npm.|Only Node 20.19 or newer and npm. ; Node
{Who|What} runs the models{?|}/Where {are|do} {the |}models run?/Who {does the work|answers my prompt}?/On {which|whose} {machine|hardware} {does the model|do models} run? ; On whose machines do the models run? ; Miners run the models.|The models run on miners. ; iners
{Who|What} {signs|makes} receipts{?|}/Who gives me a receipt?/Where do receipts come from?/By {what|which node} are receipts {signed|made}?/Is a receipt signed by {someone|a node}? ; By whom is a receipt signed? ; The router signs receipts.|Receipts come from the router. ; outer
{How|In what} are miners paid{?|}/{What|How much} do miners {earn|get}?/Which {token|coin} pays miners?/With {what|which token} do you pay miners?/Who gets paid, and in what?/How does a miner {earn|make} money? ; With what money does a miner get paid? ; Miners are paid in COR, for the tokens they produced.|They are paid in COR. ; COR
{How often|When} is a checkpoint {made|signed|sent}{?|}/How many tokens are between checkpoints?/When does {a|the next} checkpoint {come|follow}?/After how {long|much} is there a checkpoint? ; After how many tokens does a checkpoint follow? ; Every 32 tokens and at the end.|A checkpoint is made every 32 tokens. ; 32
{What happens when|What if|What happens if} a miner {dies|stops|fails|crashes}{ during a task|}{?|}/Can another miner continue {a|my} task?/{Suppose|Imagine} {a|the} miner {goes away|dies|vanishes}, what {then|happens}?/My miner {disappeared|is gone|went away}, what {now|happens}? ; Suppose the miner disappears in the middle, what follows? ; Another miner takes over and continues the answer.|A successor continues from the tokens you have seen. ; ontinues
{Can|Does} {the router|a router|anyone} read my prompts{?|}/Are my prompts private?/How private {is it|are prompts}?/Can I hide {my prompt|prompts|what I ask}{ from a router|}?/Who {can read|reads} {my prompts|what I write}? ; Is there a way to hide prompts from the router? ; In a private network prompts are sealed to the miner, and the router can't read them.|Yes, with sealing: only the chosen miner reads the prompt. ; miner
{Is|Does} {an answer|inference|it} {proved|have a proof}{?|}/Is there a cryptographic proof{ of inference|}?/How are answers checked?/How do I know {that an answer is right|it is true}?/Is {an answer|the work} proved{ by mathematics|}? ; Does mathematics prove that an answer is right? ; No cryptographic proof is claimed. Work is checked by sampling, replay and juries.|Answers are checked by statistics, replay and a jury. ; replay
{How large|How big} is the embedded model{?|}/How many parameters {do you|does the model} have?/What size is the model?/{What|Tell me} the number of parameters{?|.}/How many parameters are there{ in the model|}? ; What is the number of parameters in the embedded model? ; The embedded model has about 5 million parameters.|About 5 million parameters. ; 5 million
{How long is|What is} {the|your} context{ length| window|}{?|}/How many tokens {fit|can you read}?/How {much|long a} text {can you read|fits}?/What is the limit of the context? ; Up to how many tokens of context are possible? ; The context is 2048 tokens.|Up to 2048 tokens. ; 2048
{Which|What} {file types|quantisations|formats} {are there|exist}{ of the model|}{?|}/In {which|what} {formats|precision|types} {is|comes} the model?/How is the model {quantised|stored}? ; In what precisions does the model come? ; The model comes as F16, Q8_0 and Q4_0.|F16, Q8_0 and Q4_0. ; Q8_0
{Who are you|What are you|What is your name|Tell me about yourself|who are you}{?|}/{Are you|Is this} {a person|human|an AI|ChatGPT|a robot}?/{Introduce|Describe} yourself./{With whom|To whom} {do I speak|am I talking}?/{Who|What} am I {talking|speaking} {to|with}?/Are you a {human|real person|machine|bot}? ; With whom am I speaking? ; I am the small language model that comes with Cortensor.|I am Cortensor's embedded model, a small language model. ; model
{What can you do|How can you help|What do you know|help|Help}{?|}/{What|Which} questions can you answer?/What are you {good at|able to do}?/{How|In what way} are you useful?/What {could|may} I ask you? ; In what ways could you be useful to me? ; I answer questions about Cortensor, do small sums, know some capitals and opposites, label texts and write stories.|I can explain Cortensor, add small numbers, name capitals and opposites, and write stories. ; Cortensor
{Who made you|Who trained you|Where do you come from}{?|}/How were you trained?/{What|Which} {data|text} were you trained on?/{From|On} what did you learn? ; From what text did you learn? ; I was trained on text made by a generator, for the Cortensor project.|I learned from generated text for the Cortensor project. ; generat
{Are you|Is your knowledge} {large|clever|smart|complete}{?|}/{What|Which} are your limits?/What can't you do?/What {things|tasks} are {too hard|impossible} for you?/Is there something you cannot do? ; Are there things that you cannot do? ; I am very small: I know little outside Cortensor, and I say so when I don't know.|I am a small model and know only a few things. ; small
{Where|How} is money kept{?|}/Where does my deposit go?/Who holds {the|my} deposit?/In what {place|contract} is {my|the} {money|deposit}{ kept|}? ; In what place is the deposit stored? ; The deposit is held by a contract on the chain.|A contract on the chain holds it. ; contract
{Which|What} chain {does|will} {it|Cortensor} {use|run on}{?|}/On which chain does it run{ locally|}?/{What|Which} chain is used{ on one machine|here|}? ; For local work, which chain is used? ; On one machine it uses anvil, a local chain.|Locally it runs on anvil. ; anvil
{Do I need|Must I have|Is there need of} a GPU{?|}/Can I mine {without a GPU|without a graphics card|on a CPU}?/Is {a GPU|a graphics card} {needed|required}?/Do I need a graphics card? ; Is mining possible on a plain processor? ; No. The embedded model runs on a plain CPU.|No, a CPU is enough for the embedded model. ; CPU
{How do I|How can I|Can I} {use|load|run|add} {my own|another|a bigger|a larger} model{?|}/{What|Which} models can a miner run?/I have {my own|a different|another} {model|GGUF}{.|, how do I use it?}/Can a miner {use|load} {a|any} {file|GGUF}? ; I have a different model, how could a miner use it? ; Give the miner a GGUF file, a URL or an owner/repo/file name.|A miner loads any GGUF file by path, URL or name. ; GGUF
{Where|How} do I see {my|the} {tasks|receipts|nodes}{?|}/Is there a web page{ for the network|}?/{On|At} {what|which} page {are|do I find} {nodes|tasks|receipts}?/Where are {nodes|tasks|receipts} shown? ; On which page are nodes and receipts shown? ; Open the dashboard at the web address that npm start prints.|The dashboard shows them. ; ashboard
"""

# For each row above: what it is about, and what is asked of it. One word or two of each make a question, in any order.
CONTENT = """
start,launch,run,bring up;Cortensor,the network,everything,it all
test,tests,testing;run,the project,the code,all parts
miner,a miner,mine;start,become,my machine,set up
router,a router,route requests;start,run,set up,my machine
session,a session;open,new,create,begin
session,my session;close,end,finished,done with,over
deposit,my deposit,session;top up,refill,more money,add,empty,nearly gone
sessions,my sessions;list,all,show,find
API key,a key,key for the API;create,get,new,obtain
API key,my key,the key;revoke,stolen,leaked,lost,remove,disable
receipt,a receipt,my receipt;verify,check,valid,prove,genuine
test COR,free COR,test tokens,free coins;get,obtain,find,from where
network,nodes;status,state,well,health,alive
installation,machine,errors;broken,fails,diagnose,trouble,what is wrong
chat,talk,speak;with the model,in the terminal,from a shell
stop,shut down,quit,end;the network,Cortensor,a running network,everything
OpenAI,OpenAI client,OpenAI code;use,library,works,with Cortensor
install,requirements,installed;need,first,Node,software,beforehand
models,the models;where,who runs,whose hardware,run on
receipts,a receipt;who signs,signed by,who makes,from whom
miners,a miner;paid,earn,which money,what coin
checkpoint,checkpoints,a checkpoint;how often,when,how many tokens,after what
miner,the miner,my miner;dies,vanishes,crashes,fails in a task
prompts,my prompt,what I write;private,hidden,secret,can anyone read
answer,inference,answers;proved,a proof,mathematics,how sure
parameters,number of parameters,size;embedded model,the model,your
context,context window,length of text;how long,limit,how many tokens,fits
model,the model,embedded model;quantised,which formats,file types,precision
who are you,are you a person,what are you;please say,tell me,honestly
what can you do,your abilities,are you useful,what may I ask;tell me,for us,please
who made you,how were you trained,where did you learn,your training text;tell me,please,in short
your limits,can't you do,how clever are you,too hard for you;tell me,please,honestly
deposit,my money,my deposit;where,who holds,kept,stored
chain,a chain,the chain;which,local,on one machine,is used
GPU,graphics card,a GPU;need,must I have,mine without,required
my own model,another model,own GGUF,a different model;use,load,a miner,run
web page,page,website;nodes,tasks,receipts,see
"""


def _rows(text):
    return [line for line in text.strip().split("\n")]


TERM_ROWS = [(t, a.split(";"), k.split(",")) for t, a, k in (line.split("|") for line in _rows(TERMS))]
FACT_ROWS = []
for line, content in zip(_rows(FACTS), _rows(CONTENT), strict=True):
    asks, held, answers, key = line.split(" ; ")
    FACT_ROWS.append((asks.split("/"), held, answers.split("|"), key.strip(), [words.split(",") for words in content.split(";")]))


def term(rng, held):
    name, answers, keys = rng.choice(TERM_ROWS)
    bare = name.split(" ", 1)[1] if name.startswith(("a ", "an ")) and rng.random() < 0.2 and not held else name
    ask = rng.choice(TERM_ASK_HELD if held else TERM_ASK)
    prompt = fill(rng, ask, t=bare)
    return item("terms", prompt[0].upper() + prompt[1:] if rng.random() < 0.8 else prompt, rng.choice(answers), kind="any", text=keys)


def about(rng, question):
    """A direct question turned into one that is told: "How do I start?" becomes "I want to know how I can start."."""
    for start, told in (("How do I ", "how to "), ("How can I ", "how I can "), ("How to ", "how to "), ("Which ", "which "), ("What ", "what "), ("Who ", "who "), ("Where do I ", "where to ")):
        if question.startswith(start):
            lead = "{I want to know|I would like to know|I forgot|I wonder|Tell me|Can you tell me|Explain|Please say|Do you know|Remind me}"
            return fill(rng, lead + " ") + told + question[len(start) :].rstrip("?") + rng.choice([".", "?", ""])
    return question


def usage(rng, held):
    asks, held_ask, answers, key, content = rng.choice(FACT_ROWS)
    if held:
        prompt = held_ask
    elif rng.random() < 0.3:
        parts = [rng.choice(words) for words in content] + ([rng.choice(content[1])] if rng.random() < 0.3 else [])
        if rng.random() < 0.5:
            parts.append(rng.choice(["how", "what", "which", "command", "do I", "can I", "tell me", "is", "I must", "is there"]))
        prompt = scattered(rng, parts)
    else:
        verb = fill(rng, rng.choice(asks))
        prompt = about(rng, verb) if rng.random() < 0.3 else verb
    return item("usage", prompt, rng.choice(answers), kind="any", text=[key])
