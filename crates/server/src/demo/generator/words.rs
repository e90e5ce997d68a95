//! The words sentences are filled with. Separated by spaces, except where a list says otherwise.
//!
//! Places are composed: every beginning with every ending gives a name.

pub const PEOPLE: &str = "\
nurses drivers cleaners tenants teachers bakers printers gardeners cooks porters clerks welders carpenters \
weavers shearers deckhands dockers miners fishers couriers packers pickers neighbours pensioners students \
apprentices librarians electricians plumbers painters roofers bricklayers typesetters midwives carers doctors \
paramedics firefighters lifeguards farmers beekeepers shepherds foresters rangers conductors signallers \
machinists tailors dyers cobblers joiners glaziers masons stevedores riggers sailors pilots engineers \
technicians programmers translators interpreters musicians singers actors stagehands waiters dishwashers \
bartenders butchers grocers cashiers stockers janitors gatekeepers caretakers lodgers boarders commuters \
cyclists pedestrians passengers parents grandparents orphans refugees migrants newcomers villagers islanders \
volunteers delegates stewards treasurers chairs reporters editors poets archivists historians surveyors \
auditors inspectors councillors mayors ministers landlords managers contractors shareholders lawyers judges";

pub const THING: &str = "\
timetable roster contract lease budget ledger letter leaflet poster banner placard drum kettle thermos bicycle \
ladder bridge tunnel jetty wharf slipway dyke embankment reservoir pump well windmill turbine boiler furnace \
chimney roof cellar staircase corridor doorway window balcony courtyard garden orchard allotment hedge meadow \
quarry mine pit kiln forge workshop shed barn granary bakery canteen kitchen laundry dormitory hostel clinic \
ward theatre stage cinema studio archive library museum chapel cemetery playground schoolroom blackboard \
nursery pool stadium pavilion kiosk market bazaar warehouse depot garage terminal platform carriage tram \
trolley ferry barge trawler lifeboat raft anchor rope net compass map chart clock bell whistle lantern lamp \
candle battery cable switch meter gauge thermometer barometer ruler hammer chisel saw plough harrow scythe \
sack crate barrel basket bucket bowl plate spoon loaf cheese apple onion pumpkin turnip quilt blanket coat \
boot glove helmet badge ticket stamp envelope parcel suitcase newspaper pamphlet notebook diary dictionary \
statute bylaw verdict ruling tribunal hearing inquiry survey census ballot vote motion amendment clause";

pub const THINGS: &str = "\
wages rents fares fees fines taxes loans debts pensions savings subsidies grants profits dividends bonuses \
prices invoices receipts figures minutes records promises rumours complaints demands proposals objections \
questions answers speeches songs stories photographs drawings recipes seeds saplings potatoes lentils \
blankets boots gloves masks helmets ladders buckets lamps radios telephones cameras keys locks shutters \
fences gates roads footpaths bridges pipes drains cables wires rails sleepers engines brakes tyres sails oars \
nets ropes crates pallets shelves benches tables chairs bunks mattresses curtains bandages medicines syringes \
stretchers textbooks pencils desks uniforms lockers holidays breaks shifts rosters queues delays closures \
evictions dismissals transfers redundancies contracts licences permits leases repairs inspections floods \
droughts storms fires heatwaves tides harvests herds flocks orchards forests wetlands beaches islands";

pub const QUALITY: &str = "\
old new long short narrow broad steep shallow quiet loud bitter sweet salty dusty muddy frozen sunlit windy \
foggy rusty broken mended borrowed stolen forgotten familiar foreign local regional national public private \
common rare costly cheap generous stingy honest crooked patient stubborn careful careless brave timid proud \
humble weary rested hungry thirsty crowded empty hollow solid fragile sturdy wooden brick concrete copper \
leaden golden grey blue green crimson yellow pale dark bright dim early late annual weekly daily nightly \
seasonal temporary permanent legal unlawful secret open closed ordinary unusual famous nameless modest grand \
tiny enormous heavy light clumsy graceful simple tangled plain ornate ancient modern outdated urgent idle busy \
reluctant eager joint separate equal unequal fair unfair safe dangerous healthy sick tidy shabby polite rude \
hasty slow swift gradual sudden steady uncertain definite vague precise rough smooth sharp blunt fresh stale";

pub const DID: &str = "\
accepted rejected signed returned copied printed counted measured weighed repaired painted carried lifted \
buried opened closed locked guarded followed ignored questioned answered praised mocked defended attacked \
postponed cancelled moved renamed replaced restored borrowed bought sold shared divided doubled halved reduced \
raised lowered froze abolished introduced invented discovered lost found collected distributed delivered \
refused demanded promised expected feared welcomed greeted noticed recorded described explained translated \
corrected amended debated discussed approved blocked delayed hastened planned prepared organised financed \
audited inspected tested published leaked hid revealed examined compared remembered celebrated mourned";

pub const DO: &str = "\
accept refuse sign return copy print count measure weigh repair paint carry lift bury open close lock guard \
follow ignore question answer praise defend postpone cancel move rename replace restore borrow buy sell share \
divide double halve reduce raise lower freeze abolish introduce collect distribute deliver demand expect \
welcome record describe explain translate correct amend debate discuss approve block delay plan prepare \
organise finance audit inspect test publish examine compare remember celebrate staff rebuild reopen occupy";

pub const HOW: &str = "\
quietly loudly slowly quickly carefully carelessly gladly sadly angrily calmly openly secretly together alone \
twice again finally early late patiently stubbornly politely firmly gently suddenly gradually reluctantly \
eagerly honestly plainly neatly roughly briefly repeatedly nightly weekly unanimously narrowly properly \
cheerfully soberly stiffly barefoot indoors outdoors overnight upstairs downstairs yesterday nowadays";

pub const IDEA: &str = "\
solidarity patience courage doubt hunger sleep silence noise laughter anger hope pride shame trust mistrust \
justice mercy custom habit memory history arithmetic geography weather rain frost heat fog wind dust salt \
timber steel coal electricity water bread milk coffee tea soup rice flour sugar cotton wool leather paper ink \
glass clay sand gravel work overtime leisure transport housing education medicine research training safety \
insurance maintenance storage shipping fishing farming forestry tourism advertising accounting bureaucracy \
democracy secrecy privacy hospitality friendship neighbourliness music poetry theatre gossip evidence advice";

pub const PLACE_BEGINNINGS: &str = "\
Ash Alder Barrow Birch Black Bram Briar Cold Coral Crane Dun East Elder Ember Fair Fal Fern Finch Gannet Glen \
Gorse Grey Hazel Heron High Holm Iron Kestrel Lark Lime Long Marl Mill North Oaken Otter Penn Quarry Raven Reed \
Rush Salt Sedge Silver South Stone Swan Tarn Thorn West Whin";

pub const PLACE_ENDINGS: &str = "\
bay beck bridge brook burn bury cliff combe cross dale field fleet ford gate grove ham haven head hithe holt \
hurst ley mere mouth ness port reach shaw stead stoke thorpe ton wick wold worth";

pub const DAYS: &str = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday";

pub const MONTHS: &str = "January February March April May June July August September October November December";

pub const GIVEN_NAMES: &str = "\
Adaeze Aino Alba Amara Anselm Arvid Asha Beatriz Bela Callum Chiara Cormac Dagny Davit Edda Efua Elif Emeka \
Farah Fergus Gesa Hana Henrike Ilya Ines Ioana Jarrah Joaquim Kaito Keziah Lale Leif Lucía Mahala Marek Mirembe \
Nadia Noor Odile Orla Pavel Priya Quentin Rania Rosalind Sefa Sibel Tamsin Tevita Una Viggo Wanjiru Xenia Yara \
Zofia Zubair";

pub const SURNAMES: &str = "\
Abernethy Adeyemi Ahlgren Almeida Arkwell Bakari Balogh Bastien Belcastro Bramwell Castellan Chukwu Corrigan \
Dahlberg Danquah Devereux Dimitrov Eastlake Ekwueme Fairweather Fernando Finau Galbraith Ghosh Gruber Hadley \
Haruno Hollis Ibarra Iqbal Jelinek Jovanov Kaplan Kealoha Kovacs Lachlan Lindgren Lomas Macauley Mbeki-Ross \
Moriarty Nakata Nikolaidis Novak Oduya Okonjo Olofsson Pemberton Petrosyan Quigley Rahimi Ravel Rosewarne \
Sandoval Santangelo Selwyn Siddle Sorokin Takeda Talbot Tuilagi Underhill Valdez Vesterby Wainwright Wetherell \
Winterbourne Xiang Yilmaz Zamora";

/// Separated by `|`.
pub const TOPICS: &str = "\
Ferries|Buses|Trams|Railways|Cycling|Footpaths|Airports|Ports|Shipping|Fishing|Farming|Forestry|Bees|Seeds|Soil|\
Rivers|Wetlands|Beaches|Tides|Floods|Drought|Heat|Storms|Bushfire|Air quality|Noise|Waste|Recycling|Solar power|\
Wind power|Coal|Gas|Nuclear power|Batteries|Electricity prices|Water rights|Rent|Tenants|Evictions|Public housing|\
Homelessness|Co-operatives|Squats|Planning law|Land tax|Town hall|Elections|Referendums|Parliament|Courts|Legal aid|\
Policing|Prisons|Surveillance|Privacy|Free speech|Press freedom|Archives|Libraries|Museums|Theatre|Cinema|Music|\
Choirs|Poetry|Novels|Comics|Photography|Radio|Television|Sport|Swimming|Football|Cricket|Chess|Schools|Kindergartens|\
Universities|Apprenticeships|Student debt|Languages|Translation|Migration|Refugees|Borders|Citizenship|Racism|\
Women’s rights|Childcare|Pensions|Disability|Carers|Hospitals|Nursing|Midwives|Mental health|Medicines|Dentists|\
Epidemics|Public health|Food prices|Food banks|Kitchens|Bakeries|Markets|Supermarkets|Warehouses|Parcels|Couriers|\
Call centres|Offices|Night work|Overtime|Wages|Minimum wage|Strikes|Lockouts|Unions|Delegates|Safety at work|Asbestos|\
Silicosis|Building sites|Mining|Steel|Textiles|Shipyards|Car plants|Printing|Software|Robots|Banks|Taxes|Budgets|\
Inflation|Insurance|Pubs|Festivals|History|Anniversaries|Obituaries|Letters|Science|Astronomy|Oceans|Islands|Peace|\
Disarmament|Trade|Aid|Sanctions|Diplomacy|Summits|Gardens|Parks|Dogs";

/// Name, slug of the parent or nothing; lines of `name|parent`.
pub const SECTIONS: &str = "\
News|
Work|news
Housing|news
Transport|news
World|
Pacific|world
Europe|world
Climate|
Health|
Culture|
Books|culture
History|";

/// Lines of `name|host|country|language`.
pub const PUBLICATIONS: &str = "\
The Northern Plough|northern-plough|GB|en-GB
Der Kranich|der-kranich|DE|de
The Copper Kettle|copper-kettle|US|en-US
Le Pont de Fer|pont-de-fer|FR|fr
The Southern Tern|southern-tern|NZ|en-NZ
La Campana Chica|campana-chica|AR|es
Morning Ferry|morning-ferry|IE|en-IE
Das Stellwerk|das-stellwerk|AT|de
The Prairie Bell|prairie-bell|CA|en-CA
L’Atelier du Soir|atelier-du-soir|BE|fr
The Cape Ledger|cape-ledger|ZA|en-ZA
El Telar|el-telar|MX|es
Shift Change|shift-change|GB|en-GB
Die Weichenstellerin|weichenstellerin|CH|de
Mangrove Post|mangrove-post|FJ|en-FJ
La Marmite Bleue|marmite-bleue|SN|fr
The Quarry Lamp|quarry-lamp|GB|en-GB
Puerto Abierto|puerto-abierto|CL|es
The Monsoon Reader|monsoon-reader|IN|en-IN
Moorland Letters|moorland-letters|GB|en-GB
Feierabend am Fluss|feierabend-am-fluss|DE|de
Le Petit Phare|petit-phare|CA|fr
The Saltpan Courier|saltpan-courier|KE|en-KE
La Hoja del Valle|hoja-del-valle|ES|es
Tin Roof Review|tin-roof-review|JM|en-JM
The Gravel Road|gravel-road|US|en-US
Nachtschicht und Morgen|nachtschicht-und-morgen|DE|de
Les Cahiers de l’Écluse|cahiers-de-l-ecluse|FR|fr
El Camino Largo|camino-largo|CO|es
The Outer Islander|outer-islander|GB|en-GB";

/// Lines of `city|zone`.
pub const BRANCH_CITIES: &str = "\
Sydney|Australia/Sydney
Brisbane|Australia/Brisbane
Adelaide|Australia/Adelaide
Melbourne|Australia/Melbourne
Perth|Australia/Perth
Auckland|Pacific/Auckland
London|Europe/London
Berlin|Europe/Berlin";

/// Separated by `|`.
pub const MEETING_TITLES: &str = "\
Branch meeting|Reading circle|Solidarity supper|Planning night|Letter-writing evening|Film and discussion|\
Delegates’ report|New readers’ tea|Leaflet folding|Open editorial meeting|Public forum|Banner workshop";

/// Separated by `|`.
pub const VENUE_NAMES: &str = "\
Ropemakers’ Hall|Lower Town Library|The Old Pump House|Community Kitchen|Trades Room|Station Reading Room";
