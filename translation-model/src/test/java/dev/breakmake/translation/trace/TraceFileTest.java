package dev.breakmake.translation.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.TranslationEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceFileTest {
    @TempDir
    private Path directory;

    static byte[] write(List<TranslationEvent> events, int chunkEvents) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TraceWriter writer = new TraceWriter(out, chunkEvents)) {
            events.forEach(writer::accept);
            TraceSummary summary = writer.finish();
            assertThat(summary.bytes()).isEqualTo(out.size());
            assertThat(summary.events()).isEqualTo(events.size());
        }
        return out.toByteArray();
    }

    static TraceSummary read(byte[] file, EventSink sink) throws IOException {
        return TraceReader.read(new ByteArrayInputStream(file), sink);
    }

    @Test
    void everyKindOfEventComesBackEqual() throws IOException {
        for (long seed = 0; seed < 20; seed++) {
            List<TranslationEvent> events = RandomEvents.list(seed, 2000);
            List<TranslationEvent> back = new ArrayList<>();
            read(write(events, 1 + (int) seed * 97), back::add);
            assertThat(back).as("seed %d", seed).isEqualTo(events);
        }
    }

    @Test
    void theDigestDependsOnTheEventsAndNotOnTheChunks() throws IOException {
        List<TranslationEvent> events = RandomEvents.list(7, 3000);
        TraceDigest online = new TraceDigest();
        events.forEach(online::accept);
        String digest = online.finishHex();
        assertThat(read(write(events, 10), e -> {}).digest()).isEqualTo(digest);
        assertThat(read(write(events, 60_000), e -> {}).digest()).isEqualTo(digest);
        assertThat(read(write(RandomEvents.list(8, 3000), 10), e -> {}).digest())
                .isNotEqualTo(digest);
    }

    @Test
    void anyRangeOfStepsIsReadWithoutTheRest() throws IOException {
        List<TranslationEvent> events = RandomEvents.list(3, 4000);
        Path file = directory.resolve("run.bmt");
        Files.write(file, write(events, 100));
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            TraceFile trace = TraceFile.open(channel);
            assertThat(trace.index().entries()).hasSize(40);
            assertThat(trace.summary().events()).isEqualTo(4000);
            long steps = trace.summary().steps();
            for (long first : new long[] {0, 1, steps / 3, steps / 2, steps - 2, steps}) {
                List<TranslationEvent> part = new ArrayList<>();
                trace.readSteps(first, first + 1, part::add);
                assertThat(part).as("steps %d and next", first).isEqualTo(ofSteps(events, first, first + 1));
            }
        }
    }

    private static List<TranslationEvent> ofSteps(List<TranslationEvent> events, long first, long last) {
        Steps steps = new Steps();
        List<TranslationEvent> part = new ArrayList<>();
        for (TranslationEvent event : events) {
            long step = steps.stepOf(event);
            if (step >= first && step <= last) {
                part.add(event);
            }
        }
        return part;
    }

    @Test
    void everyTruncationIsAnErrorThatSaysWhere() throws IOException {
        byte[] file = write(RandomEvents.list(5, 120), 30);
        Path path = directory.resolve("cut.bmt");
        for (int length = 0; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            assertThatExceptionOfType(TraceFormatException.class)
                    .as("length %d", length)
                    .isThrownBy(() -> read(cut, e -> {}))
                    .withMessageStartingWith("offset ");
            if (length % 7 == 0) {
                Files.write(path, cut);
                try (SeekableByteChannel channel = Files.newByteChannel(path)) {
                    assertThatExceptionOfType(TraceFormatException.class).isThrownBy(() -> TraceFile.open(channel));
                }
            }
        }
    }

    @Test
    void everyDamagedByteIsFound() throws IOException {
        byte[] file = write(RandomEvents.list(6, 200), 50);
        Random random = new Random(6);
        for (int at = 0; at < file.length; at++) {
            byte[] damaged = file.clone();
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            assertThatExceptionOfType(TraceFormatException.class)
                    .as("byte %d", at)
                    .isThrownBy(() -> read(damaged, e -> {}));
        }
    }

    @Test
    void swappedOrMissingChunksAreFound() throws IOException {
        List<TranslationEvent> events = RandomEvents.list(9, 90);
        byte[] file = write(events, 30);
        Path path = directory.resolve("swap.bmt");
        Files.write(path, file);
        List<TraceIndex.Entry> entries;
        try (SeekableByteChannel channel = Files.newByteChannel(path)) {
            entries = TraceFile.open(channel).index().entries();
        }
        int one = (int) entries.get(1).offset();
        int two = (int) entries.get(2).offset();
        ByteArrayOutputStream missing = new ByteArrayOutputStream();
        missing.write(file, 0, one);
        missing.write(file, two, file.length - two);
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> read(missing.toByteArray(), e -> {}))
                .withMessage(
                        "offset %d: chunk of event 60, step %d stands where event 30, step %d belongs; the file was reordered or lost a part",
                        one, entries.get(2).firstStep(), entries.get(1).firstStep());
    }

    /** Chunks with a correct checksum and hostile content: random columns must give an error or events, within bounds. */
    @Test
    void hostileChunksWithValidChecksumsFailCleanly() {
        for (long seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            byte[] raw = new byte[random.nextInt(200)];
            random.nextBytes(raw);
            if (random.nextBoolean()) {
                for (int i = 0; i < raw.length; i++) {
                    raw[i] &= 0x0f;
                }
            }
            int events = 1 + random.nextInt(50);
            List<TranslationEvent> delivered = new ArrayList<>();
            try {
                ChunkDecoder.decode(raw, events, random.nextInt(2), delivered::add);
                assertThat(delivered).hasSize(events);
            } catch (TraceFormatException.BadField e) {
                assertThat(delivered.size()).as("seed %d", seed).isLessThanOrEqualTo(events);
            }
        }
    }

    @Test
    void anUnknownVersionIsNamed() throws IOException {
        byte[] file = write(RandomEvents.list(1, 5), 5);
        file[8] = 9;
        CRC32C crc = new CRC32C();
        crc.update(file, 0, 12);
        for (int i = 0; i < 4; i++) {
            file[12 + i] = (byte) (crc.getValue() >>> (8 * i));
        }
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> read(file, e -> {}))
                .withMessage("offset 8: trace version 9; this program reads version 1, use a matching one");
    }

    @Test
    void theWriterRefusesGapsAndMissingHeaders() throws IOException {
        List<TranslationEvent> events = RandomEvents.list(2, 4);
        try (TraceWriter writer = new TraceWriter(new ByteArrayOutputStream())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> writer.accept(events.get(1)))
                    .withMessage("event 1 follows event -1: sequences must be dense");
            writer.accept(events.get(0));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.accept(events.get(2)));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.accept(events.get(0)));
        }
    }
}
