//! Text in the scripts of the world.

use super::{found, publish_text};
use crate::harness::shared::shared;

/// The text of a page without its tags: enough for searching in it.
fn plain(html: &str) -> String {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let pieces = body.split('<').skip(1).filter_map(|piece| piece.split_once('>').map(|(_, text)| text));
    pieces.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

on_both! {
    fn reader_finds_text_without_spaces(app: &App) {
        let editor = app.editor();
        publish_text(app, &editor, "zh", 1, "渡轮停航", "市议会投票决定保留最后一班渡轮。");
        publish_text(app, &editor, "ja", 2, "最後のフェリー", "市議会は最後のフェリーを残すことを決めた。");
        publish_text(app, &editor, "ko", 3, "마지막 여객선", "시의회는 마지막 여객선을 유지하기로 했다.");
        publish_text(app, &editor, "th", 4, "เรือข้ามฟาก", "สภาเมืองลงมติให้คงเรือข้ามฟากเที่ยวสุดท้ายไว้");
        publish_text(app, &editor, "my", 5, "ကူးတို့သင်္ဘော", "မြို့တော်ကောင်စီက ဆုံးဖြတ်ခဲ့သည်။");
        for (query, slug) in [
            ("渡轮", "zh"), ("投票决定", "zh"), ("轮", "zh"), ("渡轮 议会", "zh"), ("\"最后一班\"", "zh"),
            ("フェリー", "ja"), ("市議会は", "ja"), ("ﾌｪﾘｰ", "ja"),
            ("여객선", "ko"), ("시의회", "ko"), ("객", "ko"),
            ("ข้ามฟาก", "th"), ("สุดท้าย", "th"), ("ဆုံးဖြတ်", "my"), ("သင်္ဘော", "my"),
        ] {
            assert_eq!(found(app, query), [slug], "{query}");
        }
        assert_eq!(found(app, "轮渡"), [""; 0], "the same characters the other way round");
    }

    fn reader_finds_text_from_right_to_left(app: &App) {
        let editor = app.editor();
        publish_text(app, &editor, "ar", 1, "آخر عبّارة", "صوّت المجلس على إبقاء العبّارة الأخيرة.");
        publish_text(app, &editor, "he", 2, "המעבורת האחרונה", "המועצה הצביעה בעד שָׁלוֹם.");
        publish_text(app, &editor, "fa", 3, "آخرین کشتی", "شورا رأی داد که کشتی بماند.");
        for (query, slug) in [("عبارة", "ar"), ("المجلس", "ar"), ("ابقاء", "ar"), ("العبّار*", "ar"), ("המעבורת", "he"), ("שלום", "he"), ("كشتي", "fa"), ("کشتی", "fa")] {
            assert_eq!(found(app, query), [slug], "{query}");
        }
    }

    fn reader_finds_a_stretch_of_every_translation_of_the_declaration(app: &App) {
        let Some(folder) = shared("data/multilingual/udhr") else { return };
        let editor = app.editor();
        let mut texts = Vec::new();
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|extension| extension != "html") {
                continue;
            }
            let slug = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").replace('_', "-");
            let text = plain(&std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
            publish_text(app, &editor, &slug, 1, &slug, &text);
            texts.push((slug, text));
        }
        assert!(texts.len() > 20, "{}", texts.len());
        for (slug, text) in &texts {
            // From the middle, whole words where there are any, and so long that no other language has it.
            let characters: Vec<char> = text.chars().skip(text.chars().count() / 2).collect();
            let part: String = characters.split(|character| character.is_whitespace()).skip(1).take(6).map(|word| word.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
            let cut: String = part.chars().take(150).collect();
            // No half words, where something ends them.
            let end = cut.char_indices().rev().find(|(_, character)| !character.is_alphanumeric()).map_or(cut.len(), |(end, _)| end);
            let query = if part.len() > cut.len() { &cut[..end] } else { &cut };
            // Variants of one language may share a sentence.
            assert!(found(app, &format!("\"{}\"", query.replace('"', " "))).contains(slug), "{slug}: {query}");
        }
    }
}
