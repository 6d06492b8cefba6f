package dev.breakmake.translation.trace;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.TranslationEvent;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class EventTypeTest {

    /** What the compiler would say of a switch over the types. */
    @Test
    void everyEventHasATypeOfItsOwn() {
        assertThat(Arrays.stream(EventType.values())
                        .map(type -> type == EventType.HEADER
                                ? "TRACEHEADER"
                                : type.name().replace("_", ""))
                        .collect(toSet()))
                .isEqualTo(Arrays.stream(TranslationEvent.class.getPermittedSubclasses())
                        .map(type -> type.getSimpleName().toUpperCase(Locale.ROOT))
                        .collect(toSet()));
    }
}
