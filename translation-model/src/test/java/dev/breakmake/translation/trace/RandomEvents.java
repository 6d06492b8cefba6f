package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.HandOver;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Random streams of legal events over the whole vocabulary, made through the codec itself so that no field is forgotten. */
final class RandomEvents implements FieldSource {
    private final Random random;

    private RandomEvents(long seed) {
        this.random = new Random(seed);
    }

    static TraceHeader header() {
        return new TraceHeader(
                Architecture.AARCH64,
                4,
                new TreeMap<>(Map.of("ID_AA64MMFR0_EL1", 0x1124L, "CTR_EL0", -1L)),
                EnumSet.of(Feature.ETS2, Feature.VHE),
                2,
                64,
                44,
                List.of(new AddressRange(0x4000_0000L, 0x8000_0000L), new AddressRange(-4096, 0)),
                List.of(new NamedRegion("xen, 100%\n\"image\"", new AddressRange(0x4020_0000L, 0x4040_0000L))),
                new HandOver(ExceptionLevel.EL2, true, HandOver.LineState.CLEAN_STALE, HandOver.LineState.UNKNOWN),
                "engine 0.1",
                Set.of(Capability.EXCEPTIONS),
                "seeded 42");
    }

    /** {@code count} events, the header first. */
    static List<TranslationEvent> list(long seed, int count) {
        RandomEvents source = new RandomEvents(seed);
        List<TranslationEvent> events = new ArrayList<>();
        events.add(header());
        ExceptionLevel[] levels = ExceptionLevel.values();
        long[] instructions = new long[4];
        while (events.size() < count) {
            int pe = source.random.nextInt(4);
            instructions[pe] += source.random.nextInt(500);
            EventCodec.Common common = new EventCodec.Common(
                    events.size(), pe, instructions[pe], source.word(), levels[source.random.nextInt(levels.length)]);
            EventType type = EventType.at(1 + source.random.nextInt(EventType.count() - 1));
            try {
                events.add(EventCodec.read(type, common, source));
            } catch (TraceFormatException.BadField e) {
                throw new IllegalStateException(e);
            }
        }
        return events;
    }

    private long word() {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> random.nextLong();
            case 2 -> Long.MIN_VALUE >> random.nextInt(3);
            case 3 -> -1;
            default -> random.nextInt(1 << 30);
        };
    }

    @Override
    public long number(Field field) {
        if (field == Field.DESCRIPTOR_SIZE) {
            return 1L << random.nextInt(4);
        }
        if (field == Field.REGION_END) {
            return 0;
        }
        return switch (field.shape()) {
            case FLAG -> random.nextInt(2);
            case SIGNED -> random.nextInt(-2, 5);
            case NAME -> random.nextInt(field.names());
            case HEX, DECIMAL, TEXT -> word();
        };
    }

    @Override
    public String text(Field field) {
        if (field == Field.EXCEPTION_WALK) {
            return random.nextBoolean() ? "" : "0:0x1000=0x2003,1:0x2008=0xffffffffffffffff";
        }
        String[] texts = {
            "", "plain", "two words", "quote\" back\\slash", "line\nend\ttab\r", "\u00e9\u2028\ud83d\ude00", "a=b"
        };
        return texts[random.nextInt(texts.length)];
    }
}
