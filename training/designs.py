"""What plates of each place look like, in a few words: formats, colours, lettering.

Formats: @ a letter, # a digit, - a hyphen, a blank a space, * an emblem or wide gap,
/ a second line, anything else itself. Colours are hexadecimal, one or two digits a channel.
"""

from dataclasses import dataclass

US = """
AL|Alabama|##*@@### #@@####|bdf eed|113|c33|c|Heart of Dixie
AK|Alaska|@@@*###|eb3 eb3|238|238|s|The Last Frontier
AZ|Arizona|@@@#### @@@*####|acd fec|153|364|s|Grand Canyon State
AR|Arkansas|###*@@@ @@@*##@|fff cde|222|c22|s|The Natural State
CA|California|#@@@### #@@@### #@@@### #@##### #####@# @@@###|fff fff|247|c22|c|dmv.ca.gov
CO|Colorado|###*@@@ @@@-###|fff 285|264|264|s|
CT|Connecticut|###-@@@ @@*#####|8be fff|136|136|f|Constitution State
DE|Delaware|###### @#####|136 136|db5|db5|s|The First State
DC|Washington, D.C.|@@*####|fff fff|349|349|c|Taxation Without Representation
FL|Florida|@@@*@## @##*#@@ @@@@## ###*@@@|efe fff|153|153|s|Sunshine State
GA|Georgia|@@@####|fff feb|224|224|s|Peach State
HI|Hawaii|@@@*###|fff fff|111|222|s|Aloha State
ID|Idaho|#@*#####@ @#####@ #@*@####|d67 fff|236|235|f|Famous Potatoes
IL|Illinois|@#####@ @@#*#### ###*####|eef acd|a23|247|c|Land of Lincoln
IN|Indiana|###@ ###@@ ###@@@ ###*@@@|9bd fff|125|125|s|
IA|Iowa|@@@*### ###*@@@|fff acd|124|124|s|
KS|Kansas|###*@@@ ####@@@|cde fff|136|136|s|
KY|Kentucky|###*@@@ @#@###|bcd fff|236|136|s|Bluegrass State
LA|Louisiana|@@@*### ###*@@@ @######|fff fff|137|c22|c|Sportsman's Paradise
ME|Maine|####*@@ ###*@@@|fff dfd|222|222|s|Vacationland
MD|Maryland|#@@*#### @@@*### #@@####|fff fff|111|222|f|www.maryland.gov
MA|Massachusetts|###*@@# #@@@## #@@*### ####*@@|fff fff|b22|247|c|The Spirit of America
MI|Michigan|@@@*#### #@@@## @@@####|28c fff|136|fff|s|Pure Michigan
MN|Minnesota|###-@@@ @@@-###|9cd fff|135|136|f|10,000 lakes
MS|Mississippi|@@@*### @@@-####|eec fff|236|236|s|Hospitality State
MO|Missouri|@@#*@#@ ###*@@@ #@@*##@ @@@*@#@ #@@###|bcd fff|136|136|s|Show-Me State
MT|Montana|##-####@ ###*@@@ ######@|257 257|eee|eee|s|Treasure State
NE|Nebraska|@@@*### ##-@### #-@####|fff cde|124|124|s|
NV|Nevada|###*@@@ @@@*### ###@##|bcd fec|136|136|f|The Silver State
NH|New Hampshire|###*#### ######|eee bdc|153|153|f|Live Free or Die
NJ|New Jersey|@##-@@@ @@@-##@|fe9 ffe|111|111|s|Garden State
NM|New Mexico|###*@@@ @@@@## ####@@|eb3 eb3|c22|c22|s|Land of Enchantment
NY|New York|@@@-#### @@@*####|fb3 fb3|137|137|s|Empire State
NC|North Carolina|@@@-####|fff cdf|b22|b22|s|First in Flight
ND|North Dakota|###*@@@|bcd edc|235|235|s|Legendary
OH|Ohio|@@@*#### @@@####|fff def|136|b22|s|Birthplace of Aviation
OK|Oklahoma|###*@@@ @@@###|fff cde|136|136|s|Native America
OR|Oregon|###*@@@ @@@*###|cde eef|125|136|s|
PA|Pennsylvania|@@@-#### @@@*####|247 fe7|136|fff|s|visitPA.com
RI|Rhode Island|######  ##*#### @@-###|fff cde|136|136|s|Ocean State
SC|South Carolina|@@@*### ####*@@ @@@-###|8bd fd9|125|136|s|Travel2SC.com
SD|South Dakota|##@*@## #@#*### ##@*###|bdf fec|222|b22|s|Great Faces. Great Places.
TN|Tennessee|@##-##@ ###-@@@ @@@-####|fff bdb|125|125|c|The Volunteer State
TX|Texas|@@@-#### @@#*@### @##*@@@ ###*@@@|fff fff|112|112|f|The Lone Star State
UT|Utah|###*@@@ @##*#@@ #@#*#@@|bdf fb6|235|a31|s|Life Elevated
VT|Vermont|@@@*### ###*@##|264 264|fff|fff|s|Green Mountain State
VA|Virginia|@@@-#### @@@*####|fff fff|136|136|s|Virginia is for Lovers
WA|Washington|###*@@@ @@@#### @@@-####|9cd fff|136|b22|s|Evergreen State
WV|West Virginia|@@@*### #@@*### #@*####|fff eef|136|136|f|Wild, Wonderful
WI|Wisconsin|###-@@@ @@@-#### ###*@@@|fff fff|222|b22|s|America's Dairyland
WY|Wyoming|##*##### #*##### ##*###@|9cf eec|321|321|f|
"""

NEIGHBOURS = """
CANADA|Ontario|@@@@*###|fff fff|248|248|s|Yours to Discover
CANADA|Quebec|@##*@@@ ###*@@@|fff fff|14a|14a|s|Je me souviens
CANADA|British Columbia|@@#*##@ ###*@@@|fff fff|248|248|s|Beautiful
CANADA|Alberta|@@@-####|fff fff|c22|c22|c|Wild Rose Country
CANADA|Manitoba|@@@*###|cde fff|248|248|s|Friendly
CANADA|Nova Scotia|@@@*###|def fff|25a|25a|s|Canada's Ocean Playground
MEXICO|Mexico|@@@-##-## @##-@@@ @@@-###-@ ##-@##|fff dfd|222|162|s|Transporte privado
MEXICO|Baja California|@@@-##-## @##-@@#|fff fdd|222|932|s|BC Mexico
MEXICO|Sonora|@@@-##-## @@-#####|fff fed|222|a51|s|Frontera
"""

# Code on the blue band, formats, colour of the field, colour of the letters.
EUROPE = """
SK|@@*###@@ @@*###@@ @@@@@@@ @@-###@@|fff|111
CZ|#@#*#### #@@*#### #@@*####  @@@*####|fff|111
RO|@@*##*@@@ @*##*@@@ @*###*@@@|fff|111
D|@*@@*### @@*@@*#### @@@*@*### @*@@*####|fff|111
F|@@-###-@@ ####*@@*##|fff|111
I|@@*###@@ @@###@@|fff|111
E|####*@@@|fff|111
PL|@@*##### @@@*#### @@*####@ @@@*##@@|fff|111
NL|##-@@@-# @@-###-@ @-###-@@ ##-@@-@@|fc2|111
B|#-@@@-###|fff|b22
A|@@*###@@ @*#####@ @@-####@|fff|111
H|@@@-### @@*@@-###|fff|111
LT|@@@*###|fff|111
S|@@@*### @@@*##@|fff|111
FIN|@@@-###|fff|111
DK|@@*##*###|fff|111
EST|###*@@@|fff|111
LV|@@-####|fff|111
P|##-@@-## @@-##-@@|fff|111
BG|@@*####*@@ @*####*@@|fff|111
HR|@@*####-@@ @@*###-@@|fff|111
SLO|@@*@@-### @@*##-###|fff|111
L|@@*####|fd2|111
IRL|###-@-##### ##-@-####|fff|111
GR|@@@-####|fff|111
N|@@*#####|fff|111
CH|@@*###### @@*#####|fff|111
UA|@@*####*@@|fff|111
RUS|@*###*@@*## @*###*@@*###|fff|111
SRB|@@*###-@@|fff|111
TR|##*@@@*## ##*@@*### ##*@*####|fff|111
"""

SLOGANS = (
    "FARM USE",
    "DISABLED VETERAN",
    "COMMERCIAL",
    "APPORTIONED",
    "DEALER",
    "TEMPORARY",
    "HERITAGE",
    "ANTIQUE",
    "COLLEGIATE",
    "UNIVERSITY",
    "FIREFIGHTER",
    "SAVE WILDLIFE",
    "STATE PARKS",
    "PURPLE HEART",
    "NATIONAL GUARD",
    "BEYOND",
    "TRAILER",
    "In God We Trust",
    "www.dmv.gov",
    "Centennial 1903-2003",
    "EXEMPT",
    "GOVERNMENT",
    "VETERAN",
    "MUNICIPAL",
    "KNOX",
    "MADISON",
    "SARASOTA",
    "FRANKLIN",
    "JEFFERSON",
    "LINCOLN",
    "TRUCK",
    "LIVERY",
    "HANDICAPPED",
    "ENVIRONMENT",
    "CLASSIC",
)

DEALERS = (
    "FORD",
    "TOYOTA OF",
    "HONDA",
    "CHEVROLET",
    "HYUNDAI",
    "NISSAN",
    "KIA",
    "MAZDA",
    "SUBARU",
    "AUTO MALL",
    "MOTORS",
    "DODGE JEEP",
    "www.autos.com",
    "CERTIFIED",
    "PRE-OWNED",
    "BAY",
    "VALLEY",
    "CITY",
    "SPRINGFIELD",
    "JOPLIN",
    "AUTOHAUS",
    "AUTOMOBILES",
    "(417) 555-0134",
    "800-555-0199",
    "MY OTHER CAR",
    "ALUMNI",
    "RACING",
    "I LOVE MY DOG",
    "AUTO GROUP",
    "GMC",
    "BUICK",
    "KENWORTH",
    "autosalon.sk",
    "Autohaus Gmbh",
    "concessionnaria",
    "servis",
    "tel. 555 01 23",
    "COLLINS",
    "CADILLAC",
)

CITIES = (
    "PR-CURITIBA",
    "SP-SAO PAULO",
    "RJ-RIO DE JANEIRO",
    "MG-BELO HORIZONTE",
    "PR-PARANAGUA",
    "SC-JOINVILLE",
    "RS-PORTO ALEGRE",
    "BA-SALVADOR",
    "PR-LONDRINA",
    "SP-CAMPINAS",
    "PR-PINHAIS",
    "DF-BRASILIA",
    "GO-GOIANIA",
)


PHRASES = tuple(
    " ".join(DEALERS[(i * 7 + j * (5 + i % 11)) % len(DEALERS)] for j in range(1 + i % 3))
    for i in range(110)
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place's plate: `region` is what the network is asked to name."""

    region: str
    name: str
    formats: tuple[str, ...]
    field: tuple[str, str]
    ink: str
    header: str
    lettering: str
    slogan: str


def _place(line: str) -> Place:
    region, name, formats, field, ink, header, lettering, slogan = line.split("|")
    top, bottom = field.split()
    return Place(
        region, name, tuple(formats.split()), (top, bottom), ink, header, lettering, slogan
    )


STATES = tuple(_place(line) for line in US.strip().splitlines())
NEIGHBOUR_PLACES = tuple(_place(line) for line in NEIGHBOURS.strip().splitlines())
EUROPEAN = tuple(tuple(line.split("|")) for line in EUROPE.strip().splitlines())
REGIONS = (
    *(place.region for place in STATES),
    "CANADA",
    "MEXICO",
    "EUROPE",
    "BRAZIL",
    "ARGENTINA",
    "OTHER",
)
COUNTED = ("CA", "MO", "TX", "IL", "KS", "AR", "OK", "NY", "FL", "WA")  # drawn more often


def colour(text: str) -> tuple[int, int, int]:
    """Red, green, blue from three hexadecimal digits."""
    red, green, blue = (int(digit, 16) * 17 for digit in text)
    return red, green, blue
