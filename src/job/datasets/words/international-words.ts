/** A name or a place as written by its people, and its ASCII form for an e-mail address. */
export type SpelledWord = readonly [text: string, ascii: string];

/**
 * Words that a wrong encoding, a wrong normal form or a careless quotation would spoil: accents both composed and
 * decomposed, letters outside Latin-1, right-to-left script, characters beyond the 16-bit plane, quotation marks.
 */
export const internationalFirstNames: readonly SpelledWord[] = [
  ['José', 'jose'],
  ['Zoë', 'zoe'],
  ['Zoe\u0308', 'zoe'],
  ['Jürgen', 'juergen'],
  ['Łukasz', 'lukasz'],
  ['Małgorzata', 'malgorzata'],
  ['Søren', 'soren'],
  ['Çağla', 'cagla'],
  ['İpek', 'ipek'],
  ['Đorđe', 'dorde'],
  ['Óscar "Chico"', 'oscar'],
  ['Татьяна', 'tatyana'],
  ['Ελένη', 'eleni'],
  ['نور', 'nour'],
  ['美咲', 'misaki'],
  ['秀英', 'xiuying'],
  ['지우', 'jiwoo'],
];

export const internationalLastNames: readonly SpelledWord[] = [
  ['Müller', 'mueller'],
  ['Großmann', 'grossmann'],
  ['Núñez', 'nunez'],
  ['Nu\u0301n\u0303ez', 'nunez'],
  ['Wałęsa', 'walesa'],
  ['Dvořák', 'dvorak'],
  ['Ångström', 'angstrom'],
  ['O\u2019Brien', 'obrien'],
  ['Nguyễn', 'nguyen'],
  ['Şahin', 'sahin'],
  ['Иванова', 'ivanova'],
  ['Παπαδόπουλος', 'papadopoulos'],
  ['حداد', 'haddad'],
  ['\u{20BB7}野', 'yoshino'],
  ['王', 'wang'],
  ['김', 'kim'],
];

export const internationalCities: readonly SpelledWord[] = [
  ['São Paulo', 'sao-paulo'],
  ['Zürich', 'zurich'],
  ['Łódź', 'lodz'],
  ['Kraków', 'krakow'],
  ['Krako\u0301w', 'krakow'],
  ['Besançon', 'besancon'],
  ['Malmö', 'malmo'],
  ['Þorlákshöfn', 'thorlakshofn'],
  ['İzmir', 'izmir'],
  ['Đà Nẵng', 'da-nang'],
  ['Кемерово', 'kemerovo'],
  ['Αθήνα', 'athina'],
  ['القاهرة', 'cairo'],
  ['東京都', 'tokyo'],
  ['北京市', 'beijing'],
  ['서울', 'seoul'],
  ['Route\\66 "Ville"', 'route'],
];
