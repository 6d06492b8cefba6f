package dev.breakmake.translation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Trace files store constants by ordinal: constants may be appended, never inserted, moved, renamed or removed. */
class StoredConstantsTest {

    static List<String> current() {
        List<String> lines = new ArrayList<>();
        StringBuilder types = new StringBuilder("EventType:");
        for (EventType type : EventType.values()) {
            types.append(' ').append(type.word());
        }
        lines.add(types.toString());
        StringBuilder fields = new StringBuilder("Field:");
        for (Field field : Field.values()) {
            fields.append(' ').append(field.name());
        }
        lines.add(fields.toString());
        for (Field field : Field.values()) {
            if (field.shape() == Field.Shape.NAME) {
                StringBuilder names = new StringBuilder(field.name()).append(':');
                for (int i = 0; i < field.names(); i++) {
                    names.append(' ').append(field.nameOf(i));
                }
                lines.add(names.toString());
            }
        }
        return lines;
    }

    @Test
    void storedConstantsKeepTheirOrdinals() throws IOException {
        List<String> pinned;
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("stored-constants.txt"))) {
            pinned = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
        List<String> current = current();
        assertThat(current).hasSameSizeAs(pinned);
        for (int i = 0; i < pinned.size(); i++) {
            assertThat(current.get(i) + " ").startsWith(pinned.get(i) + " ");
        }
    }
}
