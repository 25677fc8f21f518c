/** Countries, and the states whose clocks differ: ISO 3166-1 for the letters, the IANA time zone database for the zones. */

export interface Country {
  alpha2: string;
  alpha3: string;
  name: string;
  /** The zone its clocks keep; null where it keeps several and only the state tells. */
  zone: string | null;
}

// alpha-2, alpha-3, zone (- where there are several), English name. Where islands far out keep their own time
// (Spain, Portugal, Chile, Ecuador, New Zealand), the zone is the mainland's and `zoneOf` knows better by postal code.
const COUNTRIES = `
AD AND Europe/Andorra Andorra
AE ARE Asia/Dubai United Arab Emirates
AF AFG Asia/Kabul Afghanistan
AG ATG America/Antigua Antigua and Barbuda
AI AIA America/Anguilla Anguilla
AL ALB Europe/Tirane Albania
AM ARM Asia/Yerevan Armenia
AO AGO Africa/Luanda Angola
AQ ATA - Antarctica
AR ARG America/Argentina/Buenos_Aires Argentina
AS ASM Pacific/Pago_Pago American Samoa
AT AUT Europe/Vienna Austria
AU AUS - Australia
AW ABW America/Aruba Aruba
AX ALA Europe/Mariehamn Åland Islands
AZ AZE Asia/Baku Azerbaijan
BA BIH Europe/Sarajevo Bosnia and Herzegovina
BB BRB America/Barbados Barbados
BD BGD Asia/Dhaka Bangladesh
BE BEL Europe/Brussels Belgium
BF BFA Africa/Ouagadougou Burkina Faso
BG BGR Europe/Sofia Bulgaria
BH BHR Asia/Bahrain Bahrain
BI BDI Africa/Bujumbura Burundi
BJ BEN Africa/Porto-Novo Benin
BL BLM America/St_Barthelemy Saint Barthélemy
BM BMU Atlantic/Bermuda Bermuda
BN BRN Asia/Brunei Brunei
BO BOL America/La_Paz Bolivia
BQ BES America/Kralendijk Bonaire
BR BRA - Brazil
BS BHS America/Nassau Bahamas
BT BTN Asia/Thimphu Bhutan
BV BVT - Bouvet Island
BW BWA Africa/Gaborone Botswana
BY BLR Europe/Minsk Belarus
BZ BLZ America/Belize Belize
CA CAN - Canada
CC CCK Indian/Cocos Cocos (Keeling) Islands
CD COD - Democratic Republic of the Congo
CF CAF Africa/Bangui Central African Republic
CG COG Africa/Brazzaville Congo
CH CHE Europe/Zurich Switzerland
CI CIV Africa/Abidjan Ivory Coast
CK COK Pacific/Rarotonga Cook Islands
CL CHL America/Santiago Chile
CM CMR Africa/Douala Cameroon
CN CHN Asia/Shanghai China
CO COL America/Bogota Colombia
CR CRI America/Costa_Rica Costa Rica
CU CUB America/Havana Cuba
CV CPV Atlantic/Cape_Verde Cabo Verde
CW CUW America/Curacao Curaçao
CX CXR Indian/Christmas Christmas Island
CY CYP Asia/Nicosia Cyprus
CZ CZE Europe/Prague Czechia
DE DEU Europe/Berlin Germany
DJ DJI Africa/Djibouti Djibouti
DK DNK Europe/Copenhagen Denmark
DM DMA America/Dominica Dominica
DO DOM America/Santo_Domingo Dominican Republic
DZ DZA Africa/Algiers Algeria
EC ECU America/Guayaquil Ecuador
EE EST Europe/Tallinn Estonia
EG EGY Africa/Cairo Egypt
EH ESH Africa/El_Aaiun Western Sahara
ER ERI Africa/Asmara Eritrea
ES ESP Europe/Madrid Spain
ET ETH Africa/Addis_Ababa Ethiopia
FI FIN Europe/Helsinki Finland
FJ FJI Pacific/Fiji Fiji
FK FLK Atlantic/Stanley Falkland Islands
FM FSM - Micronesia
FO FRO Atlantic/Faroe Faroe Islands
FR FRA Europe/Paris France
GA GAB Africa/Libreville Gabon
GB GBR Europe/London United Kingdom
GD GRD America/Grenada Grenada
GE GEO Asia/Tbilisi Georgia
GF GUF America/Cayenne French Guiana
GG GGY Europe/Guernsey Guernsey
GH GHA Africa/Accra Ghana
GI GIB Europe/Gibraltar Gibraltar
GL GRL - Greenland
GM GMB Africa/Banjul Gambia
GN GIN Africa/Conakry Guinea
GP GLP America/Guadeloupe Guadeloupe
GQ GNQ Africa/Malabo Equatorial Guinea
GR GRC Europe/Athens Greece
GS SGS Atlantic/South_Georgia South Georgia and the South Sandwich Islands
GT GTM America/Guatemala Guatemala
GU GUM Pacific/Guam Guam
GW GNB Africa/Bissau Guinea-Bissau
GY GUY America/Guyana Guyana
HK HKG Asia/Hong_Kong Hong Kong
HM HMD - Heard Island and McDonald Islands
HN HND America/Tegucigalpa Honduras
HR HRV Europe/Zagreb Croatia
HT HTI America/Port-au-Prince Haiti
HU HUN Europe/Budapest Hungary
ID IDN - Indonesia
IE IRL Europe/Dublin Ireland
IL ISR Asia/Jerusalem Israel
IM IMN Europe/Isle_of_Man Isle of Man
IN IND Asia/Kolkata India
IO IOT Indian/Chagos British Indian Ocean Territory
IQ IRQ Asia/Baghdad Iraq
IR IRN Asia/Tehran Iran
IS ISL Atlantic/Reykjavik Iceland
IT ITA Europe/Rome Italy
JE JEY Europe/Jersey Jersey
JM JAM America/Jamaica Jamaica
JO JOR Asia/Amman Jordan
JP JPN Asia/Tokyo Japan
KE KEN Africa/Nairobi Kenya
KG KGZ Asia/Bishkek Kyrgyzstan
KH KHM Asia/Phnom_Penh Cambodia
KI KIR - Kiribati
KM COM Indian/Comoro Comoros
KN KNA America/St_Kitts Saint Kitts and Nevis
KP PRK Asia/Pyongyang North Korea
KR KOR Asia/Seoul South Korea
KW KWT Asia/Kuwait Kuwait
KY CYM America/Cayman Cayman Islands
KZ KAZ Asia/Almaty Kazakhstan
LA LAO Asia/Vientiane Laos
LB LBN Asia/Beirut Lebanon
LC LCA America/St_Lucia Saint Lucia
LI LIE Europe/Vaduz Liechtenstein
LK LKA Asia/Colombo Sri Lanka
LR LBR Africa/Monrovia Liberia
LS LSO Africa/Maseru Lesotho
LT LTU Europe/Vilnius Lithuania
LU LUX Europe/Luxembourg Luxembourg
LV LVA Europe/Riga Latvia
LY LBY Africa/Tripoli Libya
MA MAR Africa/Casablanca Morocco
MC MCO Europe/Monaco Monaco
MD MDA Europe/Chisinau Moldova
ME MNE Europe/Podgorica Montenegro
MF MAF America/Marigot Saint Martin
MG MDG Indian/Antananarivo Madagascar
MH MHL - Marshall Islands
MK MKD Europe/Skopje North Macedonia
ML MLI Africa/Bamako Mali
MM MMR Asia/Yangon Myanmar
MN MNG - Mongolia
MO MAC Asia/Macau Macao
MP MNP Pacific/Saipan Northern Mariana Islands
MQ MTQ America/Martinique Martinique
MR MRT Africa/Nouakchott Mauritania
MS MSR America/Montserrat Montserrat
MT MLT Europe/Malta Malta
MU MUS Indian/Mauritius Mauritius
MV MDV Indian/Maldives Maldives
MW MWI Africa/Blantyre Malawi
MX MEX - Mexico
MY MYS Asia/Kuala_Lumpur Malaysia
MZ MOZ Africa/Maputo Mozambique
NA NAM Africa/Windhoek Namibia
NC NCL Pacific/Noumea New Caledonia
NE NER Africa/Niamey Niger
NF NFK Pacific/Norfolk Norfolk Island
NG NGA Africa/Lagos Nigeria
NI NIC America/Managua Nicaragua
NL NLD Europe/Amsterdam Netherlands
NO NOR Europe/Oslo Norway
NP NPL Asia/Kathmandu Nepal
NR NRU Pacific/Nauru Nauru
NU NIU Pacific/Niue Niue
NZ NZL Pacific/Auckland New Zealand
OM OMN Asia/Muscat Oman
PA PAN America/Panama Panama
PE PER America/Lima Peru
PF PYF - French Polynesia
PG PNG - Papua New Guinea
PH PHL Asia/Manila Philippines
PK PAK Asia/Karachi Pakistan
PL POL Europe/Warsaw Poland
PM SPM America/Miquelon Saint Pierre and Miquelon
PN PCN Pacific/Pitcairn Pitcairn
PR PRI America/Puerto_Rico Puerto Rico
PS PSE Asia/Hebron Palestine
PT PRT Europe/Lisbon Portugal
PW PLW Pacific/Palau Palau
PY PRY America/Asuncion Paraguay
QA QAT Asia/Qatar Qatar
RE REU Indian/Reunion Réunion
RO ROU Europe/Bucharest Romania
RS SRB Europe/Belgrade Serbia
RU RUS - Russia
RW RWA Africa/Kigali Rwanda
SA SAU Asia/Riyadh Saudi Arabia
SB SLB Pacific/Guadalcanal Solomon Islands
SC SYC Indian/Mahe Seychelles
SD SDN Africa/Khartoum Sudan
SE SWE Europe/Stockholm Sweden
SG SGP Asia/Singapore Singapore
SH SHN Atlantic/St_Helena Saint Helena
SI SVN Europe/Ljubljana Slovenia
SJ SJM Arctic/Longyearbyen Svalbard and Jan Mayen
SK SVK Europe/Bratislava Slovakia
SL SLE Africa/Freetown Sierra Leone
SM SMR Europe/San_Marino San Marino
SN SEN Africa/Dakar Senegal
SO SOM Africa/Mogadishu Somalia
SR SUR America/Paramaribo Suriname
SS SSD Africa/Juba South Sudan
ST STP Africa/Sao_Tome Sao Tome and Principe
SV SLV America/El_Salvador El Salvador
SX SXM America/Lower_Princes Sint Maarten
SY SYR Asia/Damascus Syria
SZ SWZ Africa/Mbabane Eswatini
TC TCA America/Grand_Turk Turks and Caicos Islands
TD TCD Africa/Ndjamena Chad
TF ATF Indian/Kerguelen French Southern Territories
TG TGO Africa/Lome Togo
TH THA Asia/Bangkok Thailand
TJ TJK Asia/Dushanbe Tajikistan
TK TKL Pacific/Fakaofo Tokelau
TL TLS Asia/Dili Timor-Leste
TM TKM Asia/Ashgabat Turkmenistan
TN TUN Africa/Tunis Tunisia
TO TON Pacific/Tongatapu Tonga
TR TUR Europe/Istanbul Turkey
TT TTO America/Port_of_Spain Trinidad and Tobago
TV TUV Pacific/Funafuti Tuvalu
TW TWN Asia/Taipei Taiwan
TZ TZA Africa/Dar_es_Salaam Tanzania
UA UKR Europe/Kyiv Ukraine
UG UGA Africa/Kampala Uganda
UM UMI - United States Minor Outlying Islands
US USA - United States
UY URY America/Montevideo Uruguay
UZ UZB Asia/Tashkent Uzbekistan
VA VAT Europe/Vatican Vatican City
VC VCT America/St_Vincent Saint Vincent and the Grenadines
VE VEN America/Caracas Venezuela
VG VGB America/Tortola British Virgin Islands
VI VIR America/St_Thomas U.S. Virgin Islands
VN VNM Asia/Ho_Chi_Minh Vietnam
VU VUT Pacific/Efate Vanuatu
WF WLF Pacific/Wallis Wallis and Futuna
WS WSM Pacific/Apia Samoa
XK XKX Europe/Belgrade Kosovo
YE YEM Asia/Aden Yemen
YT MYT Indian/Mayotte Mayotte
ZA ZAF Africa/Johannesburg South Africa
ZM ZMB Africa/Lusaka Zambia
ZW ZWE Africa/Harare Zimbabwe
`;

// country, state, zone (of most of its people), name
const STATES = `
US AL America/Chicago Alabama
US AK America/Anchorage Alaska
US AZ America/Phoenix Arizona
US AR America/Chicago Arkansas
US CA America/Los_Angeles California
US CO America/Denver Colorado
US CT America/New_York Connecticut
US DE America/New_York Delaware
US DC America/New_York District of Columbia
US FL America/New_York Florida
US GA America/New_York Georgia
US HI Pacific/Honolulu Hawaii
US ID America/Boise Idaho
US IL America/Chicago Illinois
US IN America/Indiana/Indianapolis Indiana
US IA America/Chicago Iowa
US KS America/Chicago Kansas
US KY America/New_York Kentucky
US LA America/Chicago Louisiana
US ME America/New_York Maine
US MD America/New_York Maryland
US MA America/New_York Massachusetts
US MI America/Detroit Michigan
US MN America/Chicago Minnesota
US MS America/Chicago Mississippi
US MO America/Chicago Missouri
US MT America/Denver Montana
US NE America/Chicago Nebraska
US NV America/Los_Angeles Nevada
US NH America/New_York New Hampshire
US NJ America/New_York New Jersey
US NM America/Denver New Mexico
US NY America/New_York New York
US NC America/New_York North Carolina
US ND America/Chicago North Dakota
US OH America/New_York Ohio
US OK America/Chicago Oklahoma
US OR America/Los_Angeles Oregon
US PA America/New_York Pennsylvania
US PR America/Puerto_Rico Puerto Rico
US RI America/New_York Rhode Island
US SC America/New_York South Carolina
US SD America/Chicago South Dakota
US TN America/Chicago Tennessee
US TX America/Chicago Texas
US UT America/Denver Utah
US VT America/New_York Vermont
US VA America/New_York Virginia
US WA America/Los_Angeles Washington
US WV America/New_York West Virginia
US WI America/Chicago Wisconsin
US WY America/Denver Wyoming
CA AB America/Edmonton Alberta
CA BC America/Vancouver British Columbia
CA MB America/Winnipeg Manitoba
CA NB America/Moncton New Brunswick
CA NL America/St_Johns Newfoundland and Labrador
CA NS America/Halifax Nova Scotia
CA NT America/Yellowknife Northwest Territories
CA NU America/Iqaluit Nunavut
CA ON America/Toronto Ontario
CA PE America/Halifax Prince Edward Island
CA QC America/Toronto Quebec
CA SK America/Regina Saskatchewan
CA YT America/Whitehorse Yukon
AU ACT Australia/Sydney Australian Capital Territory
AU NSW Australia/Sydney New South Wales
AU NT Australia/Darwin Northern Territory
AU QLD Australia/Brisbane Queensland
AU SA Australia/Adelaide South Australia
AU TAS Australia/Hobart Tasmania
AU VIC Australia/Melbourne Victoria
AU WA Australia/Perth Western Australia
`;

// What carriers also write: other abbreviations, the country's own name, the name in the carrier's own language.
const ALIASES: Record<string, string> = {
  UK: "GB",
  EL: "GR",
  XI: "GB",
  ENGLAND: "GB",
  SCOTLAND: "GB",
  WALES: "GB",
  "NORTHERN IRELAND": "GB",
  "GREAT BRITAIN": "GB",
  "UNITED STATES OF AMERICA": "US",
  USA: "US",
  NORGE: "NO",
  NOREG: "NO",
  SVERIGE: "SE",
  DANMARK: "DK",
  SUOMI: "FI",
  RUOTSI: "SE",
  NORJA: "NO",
  TANSKA: "DK",
  SAKSA: "DE",
  VIRO: "EE",
  ISLAND: "IS",
  EESTI: "EE",
  LATVIJA: "LV",
  LIETUVA: "LT",
  DEUTSCHLAND: "DE",
  TYSKLAND: "DE",
  ALLEMAGNE: "DE",
  ÖSTERREICH: "AT",
  OESTERREICH: "AT",
  SCHWEIZ: "CH",
  SUISSE: "CH",
  SVIZZERA: "CH",
  FRANKREICH: "FR",
  ITALIA: "IT",
  ITALIEN: "IT",
  ESPAÑA: "ES",
  ESPANA: "ES",
  SPANIEN: "ES",
  NEDERLAND: "NL",
  NIEDERLANDE: "NL",
  HOLLAND: "NL",
  "THE NETHERLANDS": "NL",
  "NETHERLANDS, THE": "NL",
  BELGIEN: "BE",
  BELGIË: "BE",
  BELGIQUE: "BE",
  POLEN: "PL",
  POLSKA: "PL",
  TSCHECHIEN: "CZ",
  "CZECH REPUBLIC": "CZ",
  "CHINA, PEOPLES REPUBLIC": "CN",
  "CHINA MAINLAND": "CN",
  "HONG KONG SAR, CHINA": "HK",
  "HONG KONG SAR": "HK",
  "KOREA, REPUBLIC OF": "KR",
  "KOREA, SOUTH": "KR",
  "RUSSIAN FEDERATION": "RU",
  "VIET NAM": "VN",
  TÜRKIYE: "TR",
  "IRELAND, REPUBLIC OF": "IE",
};

interface State {
  code: string;
  name: string;
  zone: string;
}

const byWord = new Map<string, Country>();
const states = new Map<string, State>();

for (const line of COUNTRIES.trim().split("\n")) {
  const [alpha2 = "", alpha3 = "", zone = "-", ...words] = line.split(" ");
  const country = { alpha2, alpha3, name: words.join(" "), zone: zone === "-" ? null : zone };
  for (const word of [alpha2, alpha3, country.name.toUpperCase()]) byWord.set(word, country);
}
for (const [alias, alpha2] of Object.entries(ALIASES)) {
  const country = byWord.get(alpha2);
  if (country !== undefined) byWord.set(alias, country);
}
for (const line of STATES.trim().split("\n")) {
  const [alpha2 = "", code = "", zone = "", ...words] = line.split(" ");
  const state = { code, name: words.join(" "), zone };
  states.set(`${alpha2} ${code}`, state);
  states.set(`${alpha2} ${state.name.toUpperCase()}`, state);
}

const capitals = (word: string) => word.replace(/\s+/gu, " ").trim().toUpperCase();

/** The country a carrier means by two letters, three letters or a name; null where that is no country we know. */
export function countryOf(word: string | null | undefined): Country | null {
  return word === null || word === undefined ? null : (byWord.get(capitals(word)) ?? null);
}

/** ISO 3166-1 alpha-3, which the contract wants, from whatever the carrier writes; null where that is no country. */
export function alpha3(word: string | null | undefined): string | null {
  return countryOf(word)?.alpha3 ?? null;
}

/** A state or province of the United States, Canada or Australia by code or name: its code and zone; null elsewhere. */
export function stateOf(country: Country, word: string | null | undefined): State | null {
  return word === null || word === undefined
    ? null
    : (states.get(`${country.alpha2} ${capitals(word)}`) ?? null);
}

// Islands that a postal code tells from the mainland.
const ISLANDS: readonly [alpha2: string, postal_code: RegExp, zone: string][] = [
  ["ES", /^(35|38)\d{3}$/, "Atlantic/Canary"],
  ["PT", /^9[5-9]\d{2}/, "Atlantic/Azores"],
];

/** The IANA zone of a place as far as country, state and postal code tell it; null where they do not. */
export function zoneOf(place: {
  country: string | null | undefined;
  state?: string | null | undefined;
  postal_code?: string | null | undefined;
}): string | null {
  const country = countryOf(place.country);
  if (country === null) return null;
  const state = stateOf(country, place.state);
  if (state !== null) return state.zone;
  const postal = place.postal_code?.trim() ?? "";
  const island = ISLANDS.find(([alpha2, pattern]) => alpha2 === country.alpha2 && pattern.test(postal));
  return island?.[2] ?? country.zone;
}

/** Every country, for the tests and for lists of choices. */
export const countries: readonly Country[] = [...new Set(byWord.values())];
