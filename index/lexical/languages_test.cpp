// A sentence of each of many languages and scripts, found by its words alone. The sentences are the
// beginnings of the first article of the Universal Declaration of Human Rights, as the Office of
// the High Commissioner for Human Rights has published its translations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "index/lexical/lexical_index.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::index {
namespace {

// The queries: a word as it stands there; one in other letters, another form, or without its
// marks; two words.
struct Language {
    const char* name;
    const char* sentence;
    std::array<const char*, 3> queries;
};

void PrintTo(const Language& language, std::ostream* out) {
    *out << language.name;
}

constexpr Language languages[] = {
    {"Amharic", "የሰው፡ልጅ፡ሁሉ፡ሲወለድ፡ነጻና፡በክብርና፡በመብትም፡እኩልነት፡ያለው፡ነው።", {"እኩልነት", "ነጻና", "የሰው ልጅ"}},
    {"Arabic",
     "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق.",
     {"الناس", "متساوين", "الكرامة والحقوق"}},
    {"Armenian",
     "Բոլոր մարդիկ ծնվում են ազատ ու հավասար իրենց արժանապատվությամբ ու իրավունքներով։",
     {"ազատ", "ԲՈԼՈՐ", "մարդիկ հավասար"}},
    {"Azerbaijani",
     "Bütün insanlar ləyaqət və hüquqlarına görə azad və bərabər doğulurlar.",
     {"ləyaqət", "DOĞULURLAR", "insanlar bərabər"}},
    {"Basque",
     "Gizon-emakume guztiak aske jaiotzen dira, duintasun eta eskubide berberak dituztela.",
     {"duintasun", "EMAKUME", "eskubide berberak"}},
    {"Belarusian",
     "Усе людзі нараджаюцца свабоднымі і роўнымі ў сваёй годнасці і правах.",
     {"нараджаюцца", "ЛЮДЗІ", "годнасці свабоднымі"}},
    {"Bengali",
     "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে।",
     {"মর্যাদা", "মানুষ", "সমান অধিকার"}},
    {"Bulgarian",
     "Всички хора се раждат свободни и равни по достойнство и права.",
     {"раждат", "ВСИЧКИ", "равни хора"}},
    {"Catalan",
     "Tots els éssers humans neixen lliures i iguals en dignitat i en drets.",
     {"neixen", "LLIURES", "drets lliures"}},
    {"Chinese", "人人生而自由,在尊严和权利上一律平等。", {"尊严", "权利", "自由平等"}},
    {"Croatian",
     "Sva ljudska bića rađaju se slobodna i jednaka u dostojanstvu i pravima.",
     {"rađaju", "bica", "slobodna jednaka"}},
    {"Czech",
     "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv.",
     {"důstojnosti", "vsichni", "rodi se lide"}},
    {"Danish",
     "Alle mennesker er født frie og lige i værdighed og rettigheder.",
     {"værdighed", "fodt", "lige rettigheder"}},
    {"Dutch",
     "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren.",
     {"geboren", "WAARDIGHEID", "vrij gelijk"}},
    {"English",
     "All human beings are born free and equal in dignity and rights.",
     {"dignity", "being", "born equal"}},
    {"Finnish",
     "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan.",
     {"vapaina", "syntyvat", "ihmiset oikeuksiltaan"}},
    {"French",
     "Tous les êtres humains naissent libres et égaux en dignité et en droits.",
     {"naissent", "egaux", "droits de l'être"}},
    {"Georgian",
     "ყოველი ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით.",
     {"ადამიანი", "თავისუფალი", "თანასწორი უფლებებით"}},
    {"German",
     "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
     {"Würde", "Mensch", "gleiches Recht"}},
    {"Greek",
     "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
     {"ελεύθεροι", "αξιοπρεπεια", "ΑΝΘΡΩΠΟΙ ΙΣΟΙ"}},
    {"Gujarati",
     "પ્રતિષ્ઠા અને અધિકારોની દૃષ્ટિએ સર્વ માનવો જન્મથી સ્વતંત્ર અને સમાન હોય છે.",
     {"માનવો", "સ્વતંત્ર", "સર્વ સમાન"}},
    {"Hebrew",
     "כל בני אדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
     {"נולדו", "חוֹרִין", "בני אדם"}},
    {"Hindi",
     "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है ।",
     {"गौरव", "जन्मजात", "मनुष्यों स्वतन्त्रता"}},
    {"Hungarian",
     "Minden emberi lény szabadon születik és egyenlő méltósága és joga van.",
     {"születik", "egyenlo", "emberi lények"}},
    {"Icelandic",
     "Hver maður er borinn frjáls og jafn öðrum að virðingu og réttindum.",
     {"virðingu", "rettindum", "maður borinn"}},
    {"Indonesian",
     "Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama.",
     {"merdeka", "MARTABAT", "dilahirkan sama"}},
    {"Italian",
     "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti.",
     {"nascono", "dignita", "diritti umani"}},
    {"Japanese",
     "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
     {"人間", "尊厳", "平等な人間"}},
    {"Kannada", "ಎಲ್ಲಾ ಮಾನವರೂ ಸ್ವತಂತ್ರರಾಗಿಯೇ ಜನಿಸಿದ್ದಾರೆ.", {"ಮಾನವರೂ", "ಜನಿಸಿದ್ದಾರೆ", "ಎಲ್ಲಾ ಮಾನವರೂ"}},
    {"Kazakh",
     "Барлық адамдар тумысынан азат және қадір‐қасиеті мен кұқықтары тең болып дүниеге келеді.",
     {"тумысынан", "БАРЛЫҚ", "қасиеті қадір"}},
    {"Khmer", "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព", {"សេរីភាព", "មនុស្ស", "កើតមក សមភាព"}},
    {"Korean",
     "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
     {"인간", "권리", "존엄 자유"}},
    {"Lao", "ມະນຸດເກີດມາມີສິດເສລີພາບ ແລະ ສະເໝີໜ້າກັນ", {"ມະນຸດ", "ເສລີພາບ", "ສິດເສລີພາບ"}},
    {"Latvian",
     "Visi cilvēki piedzimst brīvi un vienlīdzīgi savā pašcieņā un tiesībās.",
     {"piedzimst", "cilveki", "brīvi tiesībās"}},
    {"Lithuanian",
     "Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis.",
     {"gimsta", "zmones", "laisvi lygus"}},
    {"Marathi",
     "सर्व मानवी व्यक्ति जन्मतःच स्वतंत्र आहेत व त्यांना समान प्रतिष्ठा व समान अधिकार आहेत.",
     {"प्रतिष्ठा", "व्यक्ति", "समान अधिकार आहेत"}},
    {"Mongolian",
     "Хүн бүр төрж мэндлэхэд эрх чөлөөтэй, адилхан нэр төртэй, ижил эрхтэй байдаг.",
     {"мэндлэхэд", "АДИЛХАН", "эрх чөлөөтэй"}},
    {"Norwegian",
     "Alle menneske er fødde til fridom og med same menneskeverd og menneskerettar.",
     {"fridom", "MENNESKERETTAR", "same menneskeverd"}},
    {"Persian",
     "تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ "
     "حیثیت "
     "و "
     "حقوق "
     "با "
     "هم "
     "برابرند.",
     {"حیثیت", "دنیا", "افراد بشر"}},
    {"Polish",
     "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw.",
     {"godności", "rowni", "ludzie wolni"}},
    {"Portuguese",
     "Todos os seres humanos nascem livres e iguais em dignidade e direitos.",
     {"direitos", "IGUAIS", "livres direitos"}},
    {"Punjabi",
     "ਸਾਰਾ ਮਨੁੱਖੀ ਪਰਿਵਾਰ ਆਪਣੀ ਮਹਿਮਾ, ਸ਼ਾਨ ਅਤੇ ਹੱਕਾਂ ਦੇ ਪੱਖੋਂ ਜਨਮ ਤੋਂ ਹੀ ਆਜ਼ਾਦ ਹੈ.",
     {"ਪਰਿਵਾਰ", "ਮਨੁੱਖੀ", "ਹੱਕਾਂ ਸ਼ਾਨ"}},
    {"Romanian",
     "Toate ființele umane se nasc libere și egale în demnitate și în drepturi.",
     {"demnitate", "fiintele", "libere și egale"}},
    {"Russian",
     "Все люди рождаются свободными и равными в своем достоинстве и правах.",
     {"рождаются", "достоинство", "люди равны"}},
    {"Slovak",
     "Všetci ľudia sa rodia slobodní a sebe rovní , čo sa týka ich dostojnosti a práv.",
     {"dostojnosti", "ludia", "vsetci slobodni"}},
    {"Spanish",
     "Todos los seres humanos nacen libres e iguales en dignidad y derechos.",
     {"nacen", "derecho", "libres e iguales"}},
    {"Swedish",
     "Alla människor är födda fria och lika i värde och rättigheter.",
     {"rättigheter", "människa", "fria lika"}},
    {"Tamil",
     "மனிதப் பிறிவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்.",
     {"சகலரும்", "பிறக்கின்றனர்", "மனிதப் பிறிவியினர்"}},
    {"Thai",
     "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
     {"มนุษย์", "เสมอภาค", "เกียรติศักดิ์ สิทธิ"}},
    {"Turkish",
     "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar.",
     {"haysiyet", "EŞİT", "haklar bakımından"}},
    {"Ukrainian",
     "Всі люди народжуються вільними і рівними у своїй гідності та правах.",
     {"народжуються", "ГІДНОСТІ", "вільними рівними"}},
    {"Urdu",
     "تمام انسان آزاد اور حقوق و عزت کے اعتبار سے برابر پیدا ہوئے ہیں۔",
     {"انسان", "اعتبار", "عزت برابر"}},
    {"Vietnamese",
     "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền.",
     {"quyền", "nhan pham", "bình đẳng"}},
};

class Languages : public ::testing::TestWithParam<Language> {
 public:
    static void SetUpTestSuite() {
        folder_ = std::make_unique<TestFolder>();
        auto store = storage::Store::open(folder_->path() / "c", {.create_if_missing = true});
        ASSERT_TRUE(store.ok()) << store.status().message();
        store_ = std::move(*store);
        LexicalIndexOptions options;
        options.merge_in_background = false;
        auto index = LexicalIndex::open(*store_, options);
        ASSERT_TRUE(index.ok()) << index.status().message();
        index_ = std::move(*index);
        storage::WriteGroup group;
        for (const Language& language : languages) {
            storage::PutDocument& document = group.puts.emplace_back();
            document.id = language.name;
            document.text = language.sentence;
            document.chunks.push_back({0, document.text.size(), 1});
        }
        ASSERT_TRUE(index_->commit(group, false).ok());
    }
    static void TearDownTestSuite() {
        index_.reset();
        store_.reset();
        folder_.reset();
    }
    // What is found first, as the word stands in the query.
    static std::string first(const char* query) {
        const auto found = index_->search(*index_->read(query, {.typos = false}), 1);
        if (!found || found->hits.empty()) return "nothing";
        const storage::ChunkId chunk = found->hits.front().chunk;
        return (*store_->reader().chunk_views({&chunk, 1}, false)).front()->document;
    }

 private:
    static inline std::unique_ptr<TestFolder> folder_;
    static inline std::unique_ptr<storage::Store> store_;
    static inline std::unique_ptr<LexicalIndex> index_;
};

TEST_P(Languages, AreFoundByTheirWords) {
    for (const char* query : GetParam().queries) EXPECT_EQ(first(query), GetParam().name) << query;
}

INSTANTIATE_TEST_SUITE_P(words, Languages, ::testing::ValuesIn(languages),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace lectern::index
