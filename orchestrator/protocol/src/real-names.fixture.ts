/** Names that people bear, by language: those that look most like what the rules are there to refuse, among others. */
const split = (names: string) => names.trim().split(/\s+/)

export const REAL_NAMES: Readonly<Record<string, readonly string[]>> = {
  en: split(`Dick Fanny Randy Gay Willy Johnson Cockburn Hancock Babcock Alcock Peacock Essex Sussex Cummings Titus Analise Cassandra
    Cassidy Bass Classie Dickens Dickie Dickson Fawkes Buckley Duck Huck Tucker Rucker Nancy Regina Virginia Violet Phillip Phoebe
    Ralph Daphne Stephen Sophie Joseph Christophe Humphrey Murphy Evelyn Kevin Calvin Melvin Irving Alvin Sylvia Harvey Ivy Guy
    Harry Butt Mike Kim Pat Con Colm Arthur Marsha Hershey Ashton Shirley Chad Titania Peg Jack Aston Raphael Zephyr Ignatius`),
  it: split(`Assunta Figaro Cazzaniga Fichera Troiano Porzia Concetta Nunzia Fulvio Fulvia Silvia Flavia Livia Ettore Nicolò Niccolò
    Cosimo Pippo Bastiano Sesto Claudio Placido Dionigi Gennaro Ginevra Negroni Finocchiaro Immacolata Addolorata Culotta`),
  fr: split(`Anaïs Zoë Loïc Noël Françoise Hélène Aimée Léa Chloé Maëlys Théophile Philippe Sylvain Cunégonde Connie Culann
    Pierre-Yves Gwenaël Séverine Élodie Ève Œdipe Cécile Benoît Agnès Zizi Enzo Merdad Bitton Salomé Conrad`),
  de: split(`Jürgen Björn Götz Käthe Jörg Günther Ümit Änne Fickert Deppe Wichard Gottfried Sieglinde Siegfried Heilwig Heiko Heidi Adi
    Adolf Fotini Gisela Uwe Hurley Sieghild Arsenius Kanadia Spahn Titta Mona Muriel Wiebke Löle`),
  es: split(`Concha Kika Pancho Jesús María Begoña Íñigo Nuño Peña Marica Maricarmen Maricela Consuelo Putri Zoraida Jocelyn Ángel José
    Núria Dolores Socorro Soledad Pía Analía Anahí Verónica Polly Chingiz Cabrera Semen Mireya Cojocaru Tetiana`),
  pt: split(`João Conceição Inês Fátima Zoé Lurdes Vítor Luís Márcio Bichara Fodé Paulinho Thaís Antônia Simão Tomé Assumpção Gago
    Fabrício Bostjan Porfírio Cacilda Viadero`),
  ar: split(`محمد محمّد مُحَمَّد فاطمة عائشة كسرى زبيدة زبير خولة كلثوم اللّٰه نبيل طه ليلى لينا شريف شرمين عاهد قحطان منى خالد يوسف نور
    هبة سارة نيك حمزة حميد كساب`),
  ja: split(`さくら しねん くるみ ばんり まこと マコト ちなつ ちひろ まんさく フカ ふか しずか うんの みか ころく ゆうき 翔太 陽菜 美咲 結衣
    大翔 莉子 がく ほまれ ばく ジュン Shitara Yoshitaka Fuka Fuku Takeshi Ashita Matsushita Kakashi Asuka`),
  ko: split(
    '서연 지훈 보미 시보 민준 하은 지우 새롬 유진 은지 현우 수빈 세희 자혜 보경 존영 똘이 Suk Kuk Bum Sik Hyo-Shin Beom-Seok',
  ),
  zh: split(`小明 王芳 李娜 妈祖 建国 国强 美丽 子涵 诗涵 雨桐 浩宇 欣怡 去病 霍去病 弃疾 娇娇 操之 王操 笔畅 尼玛扎西 毕福剑 鸡鸣 沙莎
    Shi Shiting Fu Fu-Kang Wang Dong`),
  guests:
    split(`Nguyễn Đặng Phúc Bích Dũng Mỹ Thị Hoàng Đức Ngọc Hưng Phương Thuỷ Lộc Phượng Yến Kỳ Trí Võ Ka-Fuk Putu Kadek Wayan Nyoman
    Long Tí Łukasz Małgorzata Grażyna Zbigniew Krzysztof Šárka Růžena Čeněk Zdeněk Ľubomír Őrs Ödön Ștefan Ioana Çağla İrem Şükrü
    Gökçe Ayşe Анна Юлия Игорь Исидор Сидор Мария Семён Сукачёв Хуан Жанна Любовь Гоша Андрей Сара Вера Ірина Νίκος Ελένη Γιώργος
    Μάριος नेहा प्रिया दृष्टि कृष्ण श्रीनिवास สมชาย กิตติ ศิริพร น้ำ שָׁלוֹם מִרְיָם საბა Արմեն ကျော်ကြီး Randi Odd Simen Kuk Lul Pula Jaap Pene
    Niger Hatice Kiki Putin Phuc Siriporn Pornchai`),
}
