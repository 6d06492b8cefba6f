package dev.breakmake.lab.trace.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.trace.v1.AddressRange;
import dev.breakmake.trace.v1.CodeSymbol;
import dev.breakmake.trace.v1.ImageSection;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SymbolNamesTest {

    private static ImageSection section(String name, long start, long end) {
        return ImageSection.newBuilder()
                .setName(name)
                .setRange(AddressRange.newBuilder().setStart(start).setEnd(end))
                .build();
    }

    @Test
    void names_and_sections_survive_storage_and_the_first_section_names_an_address_that_two_cover() {
        SymbolNames names = SymbolNames.decode(SymbolNames.of(
                        List.of(CodeSymbol.newBuilder()
                                .setPc(0xffff_8000_0000_1004L)
                                .setSymbol("a.c#switch")
                                .setSymbolOffset(4)
                                .setSource("a.c:7")
                                .build()),
                        List.of(
                                section(".text", 0x1000, 0x2000),
                                section(".init", 0x1800, 0),
                                section("tab\there", 1, 2)))
                .encode());
        assertThat(names.text(0xffff_8000_0000_1004L)).isEqualTo("a.c#switch+0x4");
        assertThat(names.section(0x17ff)).isEqualTo(".text");
        assertThat(names.section(0x1900)).isEqualTo(".text");
        assertThat(names.section(-1)).as("up to the top of the address space").isEqualTo(".init");
        assertThat(names.section(1)).isEqualTo("tab here");
        assertThat(names.section(0)).isNull();
        assertThat(names.isEmpty()).isFalse();
    }

    @Test
    void a_section_that_ends_before_it_starts_and_too_many_are_refused_by_name() {
        assertThatThrownBy(() -> SymbolNames.of(List.of(), List.of(section(".text", 0, 1), section(".bss", 2, 1))))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("sections[1].range");
        assertThatThrownBy(() -> SymbolNames.of(List.of(), Collections.nCopies(1025, section(".text", 0, 1))))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("1024");
    }
}
