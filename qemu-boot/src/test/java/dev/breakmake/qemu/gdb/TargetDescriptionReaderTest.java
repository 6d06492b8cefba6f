package dev.breakmake.qemu.gdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TargetDescriptionReaderTest {

    private static TargetDescription read(Map<String, String> documents) throws IOException {
        return TargetDescriptionReader.read(annex -> {
            String text = documents.get(annex);
            if (text == null) {
                throw new GdbProtocolException("no annex " + annex);
            }
            return text;
        });
    }

    @Test
    void followsIncludesAndNumbersRegistersAsGdbDoes() throws Exception {
        TargetDescription description = read(
                Map.of(
                        "target.xml",
                        "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
                                + "<architecture>aarch64</architecture><xi:include href=\"core.xml\"/><xi:include href=\"sys.xml\"/></target>",
                        "core.xml",
                        "<?xml version=\"1.0\"?><!DOCTYPE feature SYSTEM \"gdb-target.dtd\"><feature name=\"core\">"
                                + "<reg name=\"x0\" bitsize=\"64\"/><flags id=\"f\" size=\"4\"><field name=\"N\" start=\"31\" end=\"31\"/></flags>"
                                + "<reg name=\"cpsr\" bitsize=\"32\"/></feature>",
                        "sys.xml",
                        "<feature name=\"sys\"><reg name=\"TTBR0_EL2\" bitsize=\"64\" regnum=\"70\"/><reg name=\"HCR_EL2\" bitsize=\"64\"/></feature>"));
        assertThat(description.architecture()).isEqualTo("aarch64");
        assertThat(description.core()).extracting(TargetRegister::name).containsExactly("x0", "cpsr");
        assertThat(description.core().get(1).bytes()).isEqualTo(4);
        assertThat(description.register("TTBR0_EL2"))
                .hasValueSatisfying(r -> assertThat(r.number()).isEqualTo(70));
        assertThat(description.register("HCR_EL2"))
                .hasValueSatisfying(r -> assertThat(r.number()).isEqualTo(71));
        assertThat(description.register("TTBR1_EL2")).isEmpty();
    }

    @Test
    void refusesADocumentThatIncludesItself() {
        assertThatThrownBy(() -> read(Map.of("target.xml", "<target><xi:include href=\"target.xml\"/></target>")))
                .hasMessageContaining("'target.xml' is included twice");
    }

    @Test
    void refusesIncludesWithoutEnd() {
        assertThatThrownBy(() -> TargetDescriptionReader.read(
                        annex -> "<target><xi:include href=\"%sx\"/></target>".formatted(annex)))
                .hasMessageContaining("more than 64 documents");
    }

    @Test
    void doesNotResolveExternalEntities() {
        assertThatThrownBy(
                        () -> read(
                                Map.of(
                                        "target.xml",
                                        "<!DOCTYPE target [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><target><architecture>&e;</architecture></target>")))
                .isInstanceOf(GdbProtocolException.class)
                .hasMessageContaining("target.xml:1:");
    }

    @Test
    void namesThePlaceOfAMistake() {
        assertThatThrownBy(() -> read(
                        Map.of("target.xml", "<target>\n<feature name=\"c\">\n<reg name=\"x0\"/></feature></target>")))
                .hasMessageContaining("target.xml:3:")
                .hasMessageContaining("no attribute 'bitsize'");
        assertThatThrownBy(() -> read(Map.of(
                        "target.xml",
                        "<target><feature name=\"c\"><reg name=\"x\" bitsize=\"-3\"/></feature></target>")))
                .hasMessageContaining("bitsize=-3 lies outside");
    }

    @Test
    void refusesTruncatedXmlAndEmptyDescriptions() {
        assertThatThrownBy(() -> read(Map.of("target.xml", "<target><feature name=\"c\"><reg na")))
                .isInstanceOf(GdbProtocolException.class);
        assertThatThrownBy(() -> read(Map.of("target.xml", "<target/>"))).hasMessageContaining("lists no registers");
    }
}
