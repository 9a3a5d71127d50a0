"""The scripts of the characters of names. Made by tools/make_unicode_tables.py: do not edit.

Data of Unicode 15.0.0, copyright Unicode, Inc., under the Unicode License V3 (LICENSES/Unicode-3.0.txt).
"""

from __future__ import annotations

VERSION = "15.0.0"
"""The version of Unicode."""

SCRIPTS = """
Common=19+c,1e+0,2e+0,ec+o,1f+2,3s+0,5u6+y,12+0,4+5,7+m,2kc+0,nvs+8,35+0,hag+9,15jp+1,8+5,ib+sf,7w0+9;Latin=
1t+p,w+21,2h+e6,fa+4,3n+c,525+11,18+1c,1i+3,9+c,e+1x,3r+73,hd+17,55+1,8+0,s+1i,26q+v,o8y+2t,2x+38,px+1g,1i+3
,fq2+6,td+1l,1nj+1m,16kg+u;Inherited=lc+1t,1v+1,3+s,171+1,3fh+u,lu+1h,1j+0,2+4,k5+v,17ow+19,sd+0,14hv+1y,h3+
2,k+1e,h479+6n;Greek=n6+0,3+0,17+3,6+2z,3e+f,4za+4,1j+4,9+4,2h+2,8x+70,fa+0,rb3+0,1m8t+2;Coptic=rm+d,80u+37;
Cyrillic=sg+3l,3s+4n,4qg+8,4r+0,25+0,38o+v,ns0+1a,1c+1b,hby+1;Cyrillic/Old_Permic=w3+0;Cyrillic/Glagolitic=w
4+0,3+0,vzc+0;Cyrillic/Latin=w5+1;Armenian=10x+2f,1cki+4;Hebrew=13l+2p,1ci4+1e;Arabic=174+1b,1d+9,l+9,o+1,3+
3y,67+1b,80+3z,1bz4+ip,ir+8,3h+3w,1bbk+57;Adlam/Arabic/Hanifi_Rohingya/Mandaic/Manichaean/Old_Uyghur/Psalter
_Pahlavi/Sogdian/Syriac=18g+0;Arabic/Syriac=18r+a,11+0;Arabic/Thaana/Yezidi=19c+9;Syriac=1e8+1r,9c+a,49m+0;T
haana=1hc+1d;Nko=1j4+1p;Samaritan=1kw+19;Mandaic=1mo+r;Devanagari=1s0+28,2d+e,s+e,3ts+0,3+0,7+0,3+1,4+6,9+1,
3+3,rn6+g,i+0,2+b;Bengali/Devanagari/Grantha/Gujarati/Gurmukhi/Kannada/Latin/Malayalam/Oriya/Sharada/Tamil/T
elugu/Tirhuta=1u9+0;Bengali/Devanagari/Grantha/Gujarati/Gurmukhi/Kannada/Latin/Malayalam/Oriya/Tamil/Telugu/
Tirhuta=1ua+0;Devanagari/Dogra/Kaithi/Mahajani=1uu+9;Bengali=1vk+2r,34+e,3rb+0;Bengali/Chakma/Syloti_Nagri=1
ye+9;Gurmukhi=1z5+2l,33+5;Gurmukhi/Multani=21y+9;Gujarati=22p+2q,3c+6;Gujarati/Khojki=25i+9;Oriya=269+34;Tam
il=29u+2d;Grantha/Tamil=2cm+9,1fyz+0,2+0,1k+1;Telugu=2dc+33;Kannada=2gw+2r,35+1;Kannada/Nandinagari=2jq+9;Ma
layalam=2kg+3j;Sinhala=2o1+36;Thai=2rl+2g;Lao=2v5+2m;Tibetan=2yo+5i;Myanmar=35s+1r,28+25,uc0+u,3k+v;Chakma/M
yanmar/Tai_Le=37k+9;Georgian=3a8+2n,2cw+1b,38w+19;Hangul=3cw+73,65q+1,77+2l,nqn+s,io+8or,gio+1o;Ethiopic=3k0
+b3,5fk+2m,osh+19,1qlb+u;Cherokee=3vk+2l,tzk+27;Canadian_Aboriginal=3y9+hq,xb+1x,1eyo+f;Ogham=4g1+p;Runic=4g
w+2g;Tagalog=4jk+v;Hanunoo=4kg+k;Buhid=4lc+j;Tagbanwa=4m8+j;Khmer=4n4+2x;Mongolian=4qz+4f;Limbu=4xs+27;Tai_L
e=500+10;New_Tai_Lue=51c+2h;Buginese=54w+r;Tai_Tham=55s+3r;Balinese=5c0+37;Sundanese=5fk+1r;Batak=5hc+1f;Lep
cha=5j4+27;Ol_Chiki=5lc+19;Bengali/Devanagari/Grantha/Kannada=5ow+0,2+0;Bengali/Devanagari=5p1+1,3+0,9+0,9+0
,3+0,8+1,rng+0;Devanagari/Sharada=5p3+0,2+0,3+1,4+0;Devanagari/Kannada/Malayalam/Oriya/Tamil/Telugu=5p6+0;De
vanagari/Nandinagari=5pl+0;Bengali/Devanagari/Grantha/Kannada/Nandinagari/Oriya/Telugu/Tirhuta=5pu+0;Devanag
ari/Grantha=5pv+0,5+1;Devanagari/Grantha/Kannada=5pw+0;Nandinagari=5q2+0,1dwm+1w;Cyrillic/Syriac=5x4+0;Devan
agari/Grantha/Latin=6i8+0;Glagolitic=8ow+2n,2e4g+16;Tifinagh=8xc+27;Han=9hh+1,1i+0,qt+lbz,12ww+d5,nhf+0,d+1,
sgg+1idm;Bopomofo/Han=9ii+3;Hiragana/Katakana=9ip+4,2w+1,2r+0,14s4+0,1a+1;Han/Hiragana/Katakana=9j0+0;Hiraga
na=9j5+2d,2k+2,23qc+7y,9b+2;Katakana=9lt+2h,2k+2,6r+f,14l2+9,b+18,yv3+g,8g+2,1w+3;Bopomofo=9ol+16,4b+v;Yi=vl
s+wc;Lisu=wk0+19,o9s+0;Vai=wlc+8b;Bamum=www+29,1274+fs;Syloti_Nagri=x6o+18;Phags_Pa=x8g+1f;Saurashtra=xa8+2h
;Devanagari/Tamil=xdf+0;Kayah_Li=xds+19;Rejang=xf4+z;Javanese=xhc+1s,28+9;Buginese/Javanese=xjj+0;Cham=xkw+2
h;Tai_Viet=xog+2l;Meetei_Mayek=xr4+m,68+1l;Arabic/Thaana=1e5u+0;Linear_B=1ekg+6y;Lycian=1f28+s;Carian=1f34+1
c;Arabic/Coptic=1f4w+0;Old_Italic=1f5s+1b;Gothic=1f74+p;Old_Permic=1f80+16;Ugaritic=1f9c+t;Old_Persian=1fa8+
1b;Deseret=1fcw+27;Shavian=1ff4+1b;Osmanya=1fgg+15;Osage=1fhs+23;Elbasan=1fk0+13;Caucasian_Albanian=1flc+1f;
Vithkuqi=1fn4+24;Linear_A=1fr4+9z;Cypriot=1g5c+1r;Imperial_Aramaic=1g74+l;Palmyrene=1g80+m;Nabataean=1g8w+u;
Hatran=1gbk+l;Phoenician=1gcg+l;Lydian=1gdc+p;Meroitic_Hieroglyphs=1gg0+v;Meroitic_Cursive=1ggw+v;Kharoshthi
=1gjk+1r;Old_South_Arabian=1gm8+s;Old_North_Arabian=1gn4+s;Manichaean=1gow+12;Avestan=1gqo+1h;Inscriptional_
Parthian=1gsg+l;Inscriptional_Pahlavi=1gtc+i;Psalter_Pahlavi=1gu8+h;Old_Turkic=1gxs+20;Old_Hungarian=1h1c+36
;Hanifi_Rohingya=1h4w+1l;Yezidi=1hfk+1d;Old_Sogdian=1hj4+13;Sogdian=1hkg+w;Old_Uyghur=1hm8+l;Chorasmian=1ho0
+k;Elymaic=1hpc+m;Brahmi=1hq8+3j;Kaithi=1hts+1u;Sora_Sompeng=1hw0+15;Chakma=1hxc+1z;Mahajani=1hzk+12;Sharada
=1i0w+2k;Khojki=1i4g+1q;Multani=1i80+14;Khudawadi=1i9c+21;Grantha=1ibk+0,2+0,3+1g,1k+1j;Newa=1iio+2p;Tirhuta
=1im8+2h;Siddham=1itc+2l;Modi=1iww+2h;Takri=1j0g+21;Ahom=1j40+1y;Dogra=1jb4+1m;Warang_Citi=1jfk+2n;Dives_Aku
ru=1ji8+2h;Zanabazar_Square=1jpc+1z;Soyombo=1jrk+25;Pau_Cin_Hau=1juo+1k;Bhaiksuki=1k3k+2h;Marchen=1k6q+1w;Ma
saram_Gondi=1kao+2h;Gunjala_Gondi=1kdc+21;Makasar=1ko0+m;Cuneiform=1kw0+11f;Cypro_Minoan=1nyo+2o;Egyptian_Hi
eroglyphs=1o1s+tq;Anatolian_Hieroglyphs=1s00+g6;Mro=1zk0+15;Tangsa=1zlc+2h;Bassa_Vah=1zo0+10;Pahawh_Hmong=1z
pc+3z;Medefaidrin=20cg+1r;Miao=20hs+4f;Tangut=20o0+0,w+5bz,5q8+8;Nushu=20o1+0,cy7+az;Khitan_Small_Script=20o
4+0,5cs+d1;Duployan=2fpc+4e;SignWriting=2lmo+4v;Nyiakeng_Puachue_Hmong=2n0g+26;Toto=2nbk+u;Wancho=2ncw+1l;Me
nde_Kikakui=2oe8+5y;Adlam=2olc+2h
"""
"""Scripts and code points: `script/script=first+further,distance to next first+further,…;…`.

Numbers are in base 36. Line breaks have no meaning.
"""
