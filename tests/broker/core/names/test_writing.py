"""People of all scripts keep their names; letters and marks that only deceive are refused."""

import sys
import unicodedata

import pytest

from broker.core.names.lookalikes import scripts_mixed
from broker.core.names.writing import check_writing
from messages.names import parse_user

PEOPLE = {
    "Latin": "Siobhán François Łukasz Þórunn Øyvind Ağaoğlu Çağrı Strauß Ŝrubarĵo Mäkelä Dvořák Ștefan Ġużè",
    "Vietnamese": "Nguyễn Trần_Thị_Bưởi Đặng Phượng Ngọc",
    "Yoruba": "Ọlájùmọ̀kẹ́ Adébáyọ̀ Ṣẹ́gun Ìbùkún Ọmọ́tọ́lá Fẹ́mi",
    "Igbo": "Chukwụemeka Ọ́nyeká Ńnaemeka N̄gọzị",
    "Navajo": "Diné Hastiin-Tłʼízí Ąą́h Dziłǫ́ʼ",
    "Hausa": "Ɗanladi Ƙwairanga Ɓaleri Ƴarʼadua",
    "Ewe": "Kɔ̃dzo Ʋɔlta Ŋkeyi Dzɔɖzi",
    "Lingala": "Mokɔ́nzi Ndɛ̌mbɛ",
    "Hawaiian": "Kaʻahumanu Nāwahī Keōua",
    "Guaraní": "Ysapyg̃uasu Tembiyỹ",
    "Taiwanese": "Lîm_Hō͘ Tân_Sió-ho̍k Ông_Gio̍k-m̂",
    "Marshallese": "Ļaijo M̧ajeļ N̄ō",
    "Dene": "Sahaiʔa Tłı̨chǫ",
    "Salish": "Kʼwet̓ X̱wám̓",
    "Tlingit": "X̱ʼunei G̱uwakaan Ḵaagwáaskʼ",
    "Nuer": "Ga̱tluak Nyɛ̱k",
    "Malagasy": "Rakotoarison̈a",
    "Azerbaijani": "Əliyev Şəfiqə",
    "Maltese": "Ħal Ċensu Ġorġ",
    "Kazakh": "Нұрсұлтан Әсет Өмірбек",
    "Cyrillic": "Мария Алёна Йордан Ћирић Їжакевич Ўктам Өлзий Ԉуба",
    "Kildin Sami": "А̄ннҍа Э̄льса",
    "Greek": "Ελένη Γιώργος Μαΐου Ἀριστοτέλης ᾍδης",
    "Armenian": "Սևակ Հովհաննես Եվա",
    "Georgian": "ნინო გიორგი",
    "Hebrew": "דוד שָׂרָה יִצְחָק מֹשֶׁה אַבְרָהָם",
    "Yiddish": "מענדעלע ייִדל שׂימחה בֿערל",
    "Arabic": "محمد مُحَمَّد فاطمة رُؤيا آمنة عبدالرحمٰن",
    "Urdu": "نواز پرویز گُل",
    "Pashto": "ښاغلی ګلالۍ",
    "Syriac": "ܐܦܪܝܡ ܓ̰ܘܿܢ ܝܰܥܩܽܘܒ",
    "Thaana": "އަޙްމަދު މުޙައްމަދު",
    "Devanagari": "देवनागरी कृष्णा ज़ोया अँजलि श्रीकान्त हृदयेश",
    "Bengali": "রবীন্দ্রনাথ ঠাকুর জ্যোৎস্না",
    "Assamese": "ভূপেন ৰঞ্জিত",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ ਜ਼ੋਰਾਵਰ",
    "Gujarati": "મહાત્મા ગાંધી",
    "Odia": "ଜଗନ୍ନାଥ ଓଡ଼ିଆ",
    "Tamil": "தமிழ்ச்செல்வி கோபாலகிருஷ்ணன் லக்ஷ்மி",
    "Telugu": "వేంకటేశ్వర్లు శ్రీనివాస్",
    "Kannada": "ಕೃಷ್ಣಮೂರ್ತಿ ಲಕ್ಷ್ಮೀ",
    "Malayalam": "മോഹൻലാൽ കൃഷ്ണൻകുട്ടി",
    "Sinhala": "සංගක්කාර කුමාර",
    "Thai": "สมชาย สำราญ ทองคำ ณัฐวุฒิ กิ่งแก้ว ปิ่นเกล้า",
    "Lao": "ບຸນຍັງ ຄຳໄຕ ໜູແພງ",
    "Khmer": "សុខា ព្រះនរោត្តម ច័ន្ទបុប្ផា",
    "Myanmar": "အောင်ဆန်းစုကြည် မြွှေး နွှဲ့",
    "Tibetan": "བསྟན_འཛིན བསྒྲུབས ཉི_མ",
    "Ethiopic": "ኃይለ_ሥላሴ አበበ",
    "Hangul": "김철수 황보관",
    "Han": "王小明 司馬遼太郎 々木",
    "Japanese": "佐々木 みすず ハナコ 山田ジョー",
    "Ainu": "アㇿト゚",
    "Cherokee": "ᏎᏉᏯ",
    "Inuktitut": "ᐊᓄᒃ ᓄᓇᕗᑦ",
    "Tifinagh": "ⵎⴰⵙⵉⵏⵉⵙⴰ",
    "NKo": "ߛߎߟߋߡߊ߲߬",
    "Adlam": "𞤀𞤣𞤤𞤢𞤥 𞤋𞤦𞤪𞤢𞥄𞤸𞤭𞤥𞤢",
    "Mongolian": "ᠲᠡᠮᠦᠵᠢᠨ",
    "Javanese": "ꦗꦮꦶ",
    "Balinese": "ᬓ᭄ᬢᬸᬢ᭄",
    "Meetei Mayek": "ꯃꯩꯇꯩ",
    "Ol Chiki": "ᱥᱟᱱᱛᱟᱞ",
    "Yi": "ꆈꌠ",
    "Coptic": "Ⲙⲁⲣⲕⲟⲥ",
}
BESIDE_ALICE = {
    "dot on i": "ali\u0307ce",
    "low line": "alice\u0332",
    "double low line": "ali\u0333ce",
    "short stroke": "al\u0335ice",
    "long stroke": "alice\u0336",
    "solidus": "al\u0338ice",
    "tilde overlay": "al\u0334ice",
    "overline": "alice\u0305",
    "vertical tilde": "al\u033eice",
    "dot below twice": "ali\u0323\u0323ce",
    "five marks": "a\u0300\u0301\u0302\u0303\u0304lice",
    "circle around": "a\u20ddlice",
    "letter above": "alice\u0364",
    "Vedic mark": "alice\u0951",
    "half mark": "al\ufe20ice",
    "for symbols": "al\u20d2ice",
    "superscript": "aliᶜe",
    "subscript": "alicₑ",
    "small capital": "aʟice",
    "small capital with a capital": "aɪice",
    "fullwidth": "ａｌｉｃｅ",
    "mathematical": "𝐚𝐥𝐢𝐜𝐞",
    "script": "aℓice",
    "phonetic": "alicɘ",
    "long sign": "aliceː",
    "accent on its own": "aliceˊ",
}


@pytest.mark.parametrize("names", PEOPLE.values(), ids=PEOPLE.keys())
def test_people_keep_the_names_they_have(names: str) -> None:
    for name in names.split():
        shown = parse_user(name).shown
        check_writing(shown)
        assert scripts_mixed(shown) == ()


@pytest.mark.parametrize("name", BESIDE_ALICE.values(), ids=BESIDE_ALICE.keys())
def test_no_name_has_letters_or_marks_that_nobody_writes(name: str) -> None:
    with pytest.raises(ValueError, match=r"special form|is a sign|the mark"):
        check_writing(unicodedata.normalize("NFC", name))


@pytest.mark.parametrize(
    "name",
    [
        "דוד\u0591",
        "محمـد",
        "محمد\u06d6",
        "ߛߎߺ",
        "Мария\u0483",
        "Α\u0335ννα",
        "は\u3099な",
        "김\u302e",
        "ก\u0e34\u0e34",
        "ก\u0332",
    ],
)
def test_other_scripts_have_only_the_marks_of_their_names(name: str) -> None:
    with pytest.raises(ValueError, match=r"the mark|is a sign"):
        check_writing(name)


def test_a_mark_stands_on_a_letter() -> None:
    for name in ("a-\u0301", "a1\u0301", "\u064e", "م_\u064e"):
        with pytest.raises(ValueError, match="the mark"):
            check_writing(name)


@pytest.mark.parametrize("char", "\u2d7f\U0001107f\U00013441\U00013442\U00016fe4")
def test_no_name_has_characters_that_cannot_be_seen(char: str) -> None:
    with pytest.raises(ValueError, match="cannot be seen"):
        check_writing(f"a{char}")


def test_a_refusal_says_what_to_do() -> None:
    for name, sentence in {
        "Ｊｏｓｅ": "Ｊｏｓｅ has letters of a special form; write Jose",
        "aʟice": "ʟ (U+029F) is a sign, and no letter of a name; choose another name",
        "al\u0335ice": "the mark U+0335 is not written on l here; choose a name without it",
    }.items():
        with pytest.raises(ValueError) as refusal:
            check_writing(name)
        assert str(refusal.value) == sentence


def test_every_letter_that_is_equal_to_a_plain_one_is_refused() -> None:
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        if unicodedata.category(char)[0] in "LN" and unicodedata.normalize("NFC", char) == char:
            plain = unicodedata.normalize("NFKC", char)
            if plain != char and plain.isascii():
                with pytest.raises(ValueError):
                    check_writing(f"a{char}")
