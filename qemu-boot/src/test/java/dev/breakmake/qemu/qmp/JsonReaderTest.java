package dev.breakmake.qemu.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {

    @Test
    void readsWhatQmpSends() throws Exception {
        Json json = JsonReader.read(
                "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}}, \"capabilities\": [\"oob\"]},"
                        + " \"ok\": true, \"none\": null, \"text\": \"a\\n\\u0041\\\"\"}");
        assertThat(json.intAt("QMP", "version", "qemu", "micro")).contains(22);
        assertThat(json.textAt("text")).contains("a\nA\"");
        assertThat(json.textAt("QMP", "nothing")).isEmpty();
        assertThat(json.at("none")).contains(new Json.Null());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"a\"",
                "{\"a\":}",
                "{\"a\":1,}",
                "[1,]",
                "\"abc",
                "\"\\x\"",
                "\"\\u12g4\"",
                "01",
                "-",
                "tru",
                "{} {}",
                "{a:1}",
                "\"\u0001\""
            })
    void refusesWhatIsNoJsonWithThePlace(String text) {
        assertThatThrownBy(() -> JsonReader.read(text))
                .isInstanceOf(QmpException.class)
                .hasMessageContaining("JSON, character");
    }

    @Test
    void boundsNesting() {
        assertThatThrownBy(() -> JsonReader.read("[".repeat(100_000))).hasMessageContaining("nested deeper than 64");
    }
}
