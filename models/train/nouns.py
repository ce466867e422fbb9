"""Everyday words that training copies: things, trades, first names and towns. None of them is a held-out one."""

THINGS = (
    "apron,armchair,axe,backpack,bandage,banjo,barrow,bathtub,battery,beaker,bench,binder,bonnet,bookcase,boot,bowl,bracelet,brick,briefcase,brush,buckle,bulb,cabinet,calculator,calendar,candlestick,canoe,cape,cello,chisel,clarinet,clamp,coaster,compass,cooker,"
    "cork,cradle,crate,crayon,cupboard,curtain,cushion,cymbal,dagger,desk,dish,doll,drawer,dresser,drill,dustpan,easel,engine,eraser,fan,faucet,fiddle,file,flask,flute,folder,fork,frame,freezer,fridge,funnel,garland,glider,globe,goblet,goggles,gong,grater,guitar,"
    "hairbrush,handbag,handle,harp,harness,headphone,heater,helmet,hinge,hoe,hook,hose,hourglass,iron,jigsaw,jug,keyboard,kite,knapsack,ladle,laptop,lawnmower,lens,locket,loom,magnet,mallet,mattress,medal,microphone,mixer,modem,mop,motor,mug,napkin,necklace,notebook,"
    "organ,oven,paddle,pan,parasol,pendant,perfume,phone,pitcher,plough,pliers,pocketknife,poster,pram,projector,pump,puppet,puzzle,quilt,racket,raft,rake,recorder,ribboned hat,rifle,robe,rocket,rocking chair,router,ruler,sandal,satchel,saucepan,saw,saxophone,scale,"
    "scanner,scarf,scissors,screen,screwdriver,sculpture,sewing machine,shawl,shelf,shield,sieve,skateboard,sketch,ski,sledge,slipper,smartphone,socket,sofa,spade,spanner,spear,speaker,spectacles,sponge,stapler,statue,stethoscope,stool,stove,strap,suitcase,sunhat,"
    "surfboard,sweater,swing,switch,tablet,tambourine,tank,tape,teacup,tent,thermometer,thermos,thimble,torch,towel,tractor,tray,tricycle,tripod,trolley,trousers,tub,tweezers,typewriter,tyre,ukulele,vacuum cleaner,van,veil,vest,wallet,washing machine,wheel,wheelbarrow,"
    "wig,wok,wrench,xylophone,yacht,zither"
).split(",")
TRADES = (
    "accountant,architect,auctioneer,banker,biologist,blacksmith,bookseller,bricklayer,broker,builder,bus driver,cashier,chemist,clerk,coach,composer,conductor,courier,critic,curator,dealer,designer,detective,diplomat,diver,editor,electrician,farmhand,film maker,"
    "firefighter,forester,geologist,glazier,grocer,guide,hairdresser,historian,hotel keeper,illustrator,interpreter,janitor,jockey,joiner,journalist,lecturer,locksmith,magician,manager,mathematician,mechanic,midwife,minister,model maker,notary,optician,organist,"
    "pharmacist,photographer,physicist,pianist,pastry cook,playwright,policeman,porter,probation officer,professor,programmer,psychologist,publisher,ranger,receptionist,reporter,researcher,roofer,saddler,salesman,scientist,sculptor,secretary,senator,stonecutter,"
    "superintendent,surgeon,surveyor,taxi driver,technician,therapist,tram driver,translator,treasurer,trumpeter,tutor,typist,umpire,upholsterer,veterinarian,waiter,warden,welder,window cleaner,zoologist"
).split(",")
GIVEN = (
    "Abigail,Ada,Adrian,Agnes,Ahmed,Aisha,Alan,Alice,Amelia,Amir,Andrew,Angela,Anton,Arthur,Astrid,Aurora,Barbara,Benedict,Bernard,Bridget,Bruce,Camille,Carmen,Cedric,Chandra,Charles,Chiara,Christine,Claudia,Conrad,Cordelia,Cynthia,Daisuke,Daniel,Daphne,Deborah,"
    "Dennis,Diego,Dmitri,Dorothy,Douglas,Dylan,Edith,Edgar,Eduardo,Edward,Eleanor,Eliza,Ellen,Elliot,Elsa,Emily,Enrique,Erik,Ernest,Esther,Ethan,Eugene,Evelyn,Farid,Fatima,Ferdinand,Florence,Francis,Frank,Frederick,Gabriel,Gareth,Genevieve,George,Gerald,Gilbert,"
    "Giovanni,Gloria,Gordon,Grace,Graham,Gwendolyn,Harold,Harriet,Hassan,Heather,Hector,Heinrich,Henry,Hiroshi,Hugo,Ibrahim,Ingrid,Irene,Isabel,Jack,Jacob,James,Jasmine,Jean,Jeremy,Joan,Johannes,Joseph,Joyce,Judith,Justin,Kathleen,Keith,Kenji,Kevin,Kirsten,Lars,"
    "Lawrence,Leila,Leonard,Lewis,Lillian,Linda,Lorenzo,Louise,Lucy,Luther,Mabel,Malcolm,Margaret,Marcel,Martha,Martin,Matilda,Matthew,Maurice,Melissa,Mercedes,Michael,Miguel,Mildred,Miriam,Mohammed,Monica,Morgan,Muriel,Natasha,Nathan,Nicholas,Nigel,Noor,Norman,"
    "Octavia,Oliver,Oswald,Pamela,Patricia,Patrick,Penelope,Percy,Peter,Philip,Phoebe,Priya,Rachel,Ralph,Ramona,Raymond,Rebecca,Reginald,Ricardo,Robert,Roger,Roland,Ronald,Rosalind,Rupert,Ruth,Samuel,Sandra,Sebastian,Sergei,Sharon,Sheila,Sidney,Silvia,Stanley,"
    "Stefan,Stephanie,Steven,Susan,Sven,Sylvester,Takeshi,Teresa,Theodore,Thomas,Timothy,Tobias,Trevor,Ulysses,Valentina,Vanessa,Vincent,Violet,Virginia,Vladimir,Wanda,Wendy,Wesley,Wilfred,William,Winston,Wolfgang,Yasmin,Yolanda,Yuki,Zachary,Zelda"
).split(",")
TOWNS = (
    "Aberdeen,Alicante,Amherst,Antwerp,Aspen,Augsburg,Bangor,Basel,Bath,Belfast,Bergen,Birmingham,Bologna,Bordeaux,Boston,Bremen,Brighton,Bristol,Burgos,Calgary,Cambridge,Cardiff,Casablanca,Chester,Chicago,Cologne,Cork,Coventry,Dallas,Delft,Denver,Derby,Dover,"
    "Dresden,Dundee,Durham,Edinburgh,Exeter,Florence,Fort Worth,Frankfurt,Geneva,Genoa,Ghent,Glasgow,Gothenburg,Granada,Graz,Grenoble,Halifax,Hamburg,Hannover,Houston,Inverness,Istanbul,Kingston,Krakow,Kyoto,Lancaster,Leeds,Leipzig,Limerick,Lincoln,Linz,Liverpool,"
    "Lucerne,Lyon,Madison,Malaga,Manchester,Marseille,Melbourne,Memphis,Milan,Mumbai,Munich,Nantes,Naples,Newcastle,New Haven,Norwich,Nottingham,Odense,Orlando,Osaka,Oxford,Palermo,Perth,Phoenix,Pisa,Plymouth,Portsmouth,Quebec,Ravenna,Richmond,Rotterdam,Rouen,"
    "Salzburg,San Remo,Sapporo,Seattle,Seville,Sheffield,Siena,Southampton,Stirling,Stuttgart,Sunderland,Sydney,Tampa,Toledo,Toronto,Toulouse,Trieste,Turin,Utrecht,Valencia,Vancouver,Verona,Warwick,Winchester,Windsor,York,Zaragoza,Zurich"
).split(",")
SHADES = (
    "red,blue,green,yellow,black,white,brown,grey,orange,purple,pink,silver,golden,crimson,scarlet,turquoise,violet,beige,navy,olive,ivory,maroon,lilac,amber,cream,indigo,magenta,cyan,teal,dark green,light blue,pale yellow,deep red,rust,copper,lime,mint,rose,sand,"
    "charcoal"
).split(",")
