package dev.breakmake.translation.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged layout files: either a layout whose regions keep their promises, or everything wrong with its place. */
final class LayoutFuzzTest {
    private static final String[] SCRAPS = {
        "0x",
        "-1",
        "0xffffffffffffff",
        "16777216TiB",
        "\u0000",
        "\ud83d",
        "#",
        "region",
        "\t",
        "KiB",
        "9999999999999999999",
        "52"
    };

    private static String bundled(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(LayoutFile.class.getResourceAsStream(name + ".layout"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String damaged(String text, SplittableRandom random) {
        List<String> words = new ArrayList<>(List.of(text.split("(?<=\\s)|(?=\\s)", -1)));
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            int at = random.nextInt(words.size());
            switch (random.nextInt(5)) {
                case 0 -> words.set(at, SCRAPS[random.nextInt(SCRAPS.length)]);
                case 1 -> words.set(at, "");
                case 2 -> words.add(at, words.get(random.nextInt(words.size())));
                case 3 -> words.set(at, words.get(random.nextInt(words.size())));
                default -> words.subList(at, words.size()).clear();
            }
            if (words.isEmpty()) {
                return "";
            }
        }
        return String.join("", words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"xen-4.17-arm64", "xen-4.20-arm32"})
    void damagedFilesAreReadOrRefusedWithPlaces(String name) throws IOException {
        String text = bundled(name);
        int refused = 0;
        for (long seed = 1; seed <= 400; seed++) {
            String file = damaged(text, new SplittableRandom(seed));
            try {
                Layout layout = LayoutFile.read("f", new StringReader(file));
                assertThat(layout.regions())
                        .as("seed %d", seed)
                        .isNotEmpty()
                        .allSatisfy(region -> assertThat(region.range().size()).isPositive());
                assertThat(layout.problems(0)).as("seed %d", seed).isEmpty();
            } catch (LayoutFile.LayoutException e) {
                refused++;
                assertThat(e.errors())
                        .as("seed %d", seed)
                        .isNotEmpty()
                        .allSatisfy(error -> assertThat(error).matches("(?s)f:\\d+:\\d+: .+"));
            }
        }
        assertThat(refused).isBetween(50, 399);
    }
}
