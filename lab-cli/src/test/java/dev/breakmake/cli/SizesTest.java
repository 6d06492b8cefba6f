package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {

    @ParameterizedTest
    @CsvSource({"128MiB,134217728", "1GiB,1073741824", "1g,1073741824", "512K,524288", "4096,4096", "2TiB,2199023255552"
    })
    void sizesHaveBinaryUnits(String text, long bytes) {
        assertThat(new Sizes.Size().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "-1", "1.5GiB", "1XB", "999999999999999999999", "9999999999999T"})
    void nonsenseIsRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> new Sizes.Size().convert(text)).hasMessageContaining("'" + text + "'");
    }

    @Test
    void addressesAreHexadecimalOrDecimal() {
        assertThat(new Sizes.Address().convert("0x4020_0000")).isEqualTo(0x4020_0000L);
        assertThat(new Sizes.Address().convert("0xffff000000000000")).isEqualTo(0xffff_0000_0000_0000L);
        assertThat(new Sizes.Address().convert("4096")).isEqualTo(4096);
        assertThatThrownBy(() -> new Sizes.Address().convert("0xzz")).hasMessageContaining("0x40200000");
    }
}
