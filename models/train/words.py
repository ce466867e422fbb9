"""The words that free text is made of, sorted by what they can do in a sentence."""

ROLES = "baker,sailor,farmer,teacher,painter,tailor,fisherman,doctor,gardener,smith,weaver,carpenter,miller,shepherd,musician,postman,potter,nurse,captain,merchant,cook,clockmaker,librarian,ferryman,judge,hunter,student,traveller,widow,stranger".split(",")
ROLES_HELD = "beekeeper,lighthouse keeper,violinist,astronomer,cobbler".split(",")
PLACES = "harbour,market,forest,village,mill,bridge,tower,garden,school,station,island,valley,castle,library,square,beach,field,inn,workshop,river,orchard,church,bakery,mountain,lake,quarry,palace,museum,cellar,chapel".split(",")
PLACES_HELD = "lighthouse,monastery,shipyard,vineyard,railway yard".split(",")
NAMES = "Anna,Boris,Clara,David,Elena,Felix,Hanna,Igor,Julia,Kemal,Laura,Marco,Nadia,Oscar,Petra,Rafael,Sofia,Tariq,Ursula,Yusuf,Mira,Leo,Nina,Paul,Rosa,Karl,Eva,Max,Lena,Omar,Ivan,Zoe,Tomas,Greta".split(",")
PEOPLE_TRAIT = "old,young,tall,quiet,friendly,tired,clever,careful,proud,shy,cheerful,serious,patient,curious,gentle,stubborn,lonely,brave,busy,honest,nervous,kind,restless,polite".split(",")
OBJECT = "lamp,basket,letter,key,map,rope,bottle,box,coat,book,knife,bell,mirror,blanket,bucket,candle,clock,drum,hammer,hat,jar,lantern,net,oar,pot,ring,sack,stone,coin,feather,picture,spoon,wheel,compass,scarf,notebook".split(",")
OBJECT_TRAIT = "small,heavy,wooden,broken,golden,dusty,red,blue,green,round,empty,strange,new,rusty,silver,worn,painted,warm,ancient,cheap,precious,torn,shining,narrow".split(",")
PLACE_TRAIT = "quiet,crowded,dark,narrow,sunny,cold,empty,old,busy,stone,distant,green,windy,silent,wide,muddy,lovely,little,grey,peaceful".split(",")
ANIMAL = "dog,cat,horse,gull,goat,crow,fox,donkey,owl,swallow,hen,heron,rabbit,cow,swan,mouse,bee,deer".split(",")
ANIMAL_DOES = "slept,waited,drank water,watched the people,made no sound,looked for food,ran away,came closer,sat still,turned its head,hid,followed a child".split(",")
ANIMAL_DO = "sleeps,waits,drinks water,watches the people,makes no sound,looks for food,runs away,comes closer,sits still,turns its head,hides,follows a child".split(",")
FOOD = "bread,soup,fish,cheese,apples,honey,rice,beans,eggs,cake,nuts,pears,onions,porridge,plums,dried meat".split(",")
DRINK = "tea,milk,coffee,water,cider,wine,lemonade,hot chocolate".split(",")
WEATHER = "rain,wind,fog,snow,sun,thunder,frost,heat,mist,hail".split(",")
SKY = "grey,clear,pale,dark,bright,golden,red,heavy,blue,white,purple,silver".split(",")
SOUND = "a bell,a song,the wind,a voice,footsteps,the sea,laughter,a whistle,the rain,a hammer,a distant drum,the birds,an engine,a crying child".split(",")
SMELL = "smoke,fresh bread,salt,wet grass,tar,flowers,old paper,apples,fish,coffee,dust,soap,pine,leather".split(",")
FEELING = "happy,sad,tired,hopeful,afraid,calm,proud,lonely,angry,grateful,curious,surprised,hungry,cold,relieved,uneasy".split(",")
MANNER = "slowly,quietly,quickly,carefully,gladly,proudly,suddenly,gently,silently,patiently,eagerly,sadly,calmly,bravely".split(",")
GOODS = "wool,salt,paper,iron,wood,cloth,glass,sand,coal,silk,oil,spices,leather,clay,seeds,copper".split(",")
TALK = "the weather,the price of fish,an old war,the next harvest,a lost ship,the new school,a wedding,the long winter,the king,a strange dream,the road to the north,a debt,the broken bridge,their children,a thief,the moon".split(",")
SAYING = "Wait for me|Nothing is lost yet|I have seen this before|We must leave before dark|Take what you need|It is later than you think|Nobody will believe us|The road is open|I will pay you tomorrow|Keep it for another day|You were right|That is not mine|Help me with this|The water is rising|Come in and sit down|We have time enough".split("|")
TIMES = ["in the morning", "before sunrise", "at noon", "after lunch", "in the evening", "at night", "before the rain", "after the storm", "at first light", "a little later", "without a word", "once more", "for the first time", "as always"]
NUMBERS = "two,three,four,five,six,seven,eight,nine,ten,twelve,twenty,thirty".split(",")

PAST = [
    "<H> carried <obj> to the <tpl> {and left it there|and hid it|and sold it|and waited}.", "<H> met <prs> who {carried|sold|painted|was looking for|had lost} <obj>.", "\"<say>,\" said <who>, and <who2> {laughed|nodded|said nothing|turned away|wept}.",
    "The <ani> <anid> <tim>, and the air smelled of <sme>.", "<who> {ate|shared|bought|cooked} some <foo> and {drank|asked for|poured} a cup of <dri>.", "The sky was <sky> and <who> felt <fee>{ and a little <fee2>|}.",
    "<tim_>, <who> <man> {opened|repaired|cleaned|lifted|wrapped} <obj>.", "They {talked|argued|sang|laughed} about <tal> {until it was dark|for an hour|and forgot the time|like old friends}.", "From the <pla> came the sound of <sou>.",
    "<num> {men|women|children|soldiers|sailors} {crossed|left|entered|watched} the <tpl> with <goo> and <goo2>.", "<who> {remembered|thought of|dreamed of|wrote about} <prs> and <tal>.", "There was <obj> {under|behind|near|on} <obj2>, but nobody {touched it|saw it|wanted it|spoke of it}.",
    "The <wea> {came|stopped|grew worse|returned} <tim>, so <who> {stayed|slept|hid|waited} in the <tpl>.", "<prs_> {gave|showed|sold|promised} <H> <obj> for <num2> {coins|eggs|apples|stories}.", "<H> {walked|ran|climbed|rode} <man> {past|towards|through|around} the <tpl> and heard <sou>.",
    "Nobody {knew|could say|asked} why <prs> had left <obj> {in|near|behind} the <pla>.", "<who> was <fee>, because <obj> was {missing|broken|heavier than before|not for sale|found again}.", "A <ani> and a <ani2> {slept|sat|stood} {beside|behind|under} <obj>.",
    "<F> {asked for|wanted|refused|tasted} the <foo>, while <H> {looked at|cleaned|counted|drew} <obj>.", "It smelled of <sme> and <sme2>, and <sou> {was close|was far away|filled the air|never stopped}.", "<who> {put|found|kept|forgot} <obj> in the <tpl> <tim>.",
    "With <obj> in one hand and <foo> in the other, <who> <man> {left|entered|crossed} the <pla>.", "The <otr> <o> belonged to <prs>, and so did the <otr2> <o2>.", "\"<say>,\" {wrote|whispered|shouted|sang} <prs>.",
]
PRESENT = [
    "<prs_> {sells|carries|repairs|paints|brings|washes} <obj> near the <pla>.", "The <ani> <anido> <tim>, and the air smells of <sme>.", "\"<say>,\" says <prs>, and <prs2> {laughs|nods|says nothing|turns away}.",
    "The sky is <sky>, and you can hear <sou>.", "There is <obj> {under|behind|near|on} <obj2>.", "<num_> {men|women|children|sailors|workers} {unload|carry|count|sort} <goo> and <goo2>.", "People {talk|argue|sing|laugh} about <tal> {until it is dark|for an hour|like old friends}.",
    "You can buy <foo> and a cup of <dri> from <prs>.", "<prs_> {looks|feels|seems} <fee>, because <obj> is {missing|broken|too heavy|not for sale}.", "The <wea> {comes|stops|grows worse|returns} <tim>, and <prs> {stays|sleeps|hides|waits} in the <tpl>.",
    "From the <tpl> comes the sound of <sou>.", "A <ani> and a <ani2> {sleep|sit|stand} {beside|behind|under} <obj>.", "It smells of <sme> and <sme2>.", "<prs_> <man> {opens|lifts|cleans|wraps} <obj> and {leaves|waits|smiles|goes on}.",
    "Nobody {knows|can say|asks} why <prs> {keeps|needs|hides} <obj>.", "Here <prs> once {sold|found|lost|hid} <obj> for <num2> coins.", "Some say that <prs> {lives|works|waits} in the <tpl> with <obj>.", "The <o> is <otr>, the <o2> is <otr2>, and both come from the <tpl>.",
]
PAST_HELD = [
    "Meanwhile <who> must have noticed <obj>, for the <ani> went near it.", "Had it been <sky>, <prs> might have stayed to mend <obj>.", "As for the <pla>, it held hardly anything besides <goo> and <obj>.", "Someone claimed that <foo> tasted best with <dri>, which made <who> smile.",
    "Whether <prs> ever saw the <tpl> is doubtful, said <who>.", "Rarely did <who> feel so <fee> as when <sou> was heard.",
]
