package dev.breakmake.lab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.breakmake.engine.machine.Boot;
import dev.breakmake.engine.machine.BootSpecification;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.lab.trace.domain.TraceQueries.MapQuestion;
import dev.breakmake.testkit.RealImages;
import dev.breakmake.trace.v1.ListMilestonesResponse;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.trace.TraceWriter;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Questions are answered from the few events that move tables as they are from the whole trace. */
class TableTrackTest {

    private static final TraceLab LAB = new TraceLab(TraceLab.summarisingFrom(0));
    private static final long SEED = 20_261_128;

    private static byte[] realBoot(String image, int pes) throws Exception {
        byte[] xen = Files.readAllBytes(RealImages.require(image, "xen"));
        Architecture architecture = image.endsWith("armhf") ? Architecture.AARCH32 : Architecture.AARCH64;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TraceWriter writer = new TraceWriter(out)) {
            Boot.run(
                    BootSpecification.of(image, xen, Platform.virt(CpuModel.of(architecture), pes, 128L << 20, 2)),
                    writer);
            writer.finish();
        }
        return out.toByteArray();
    }

    private static List<Message> answers(long id, long steps) {
        Random random = new Random(SEED);
        List<Message> answers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            long step = i == 0 ? 0 : i == 1 ? steps - 1 : random.nextLong(steps);
            long address =
                    random.nextBoolean() ? 0x20_0000L + random.nextInt(0x40_0000) : 0x4000_0000L + random.nextInt();
            answers.add(LAB.queries.walk(id, step, i % 2, "", address));
            answers.add(LAB.queries.map(id, step, i % 2, ""));
            answers.add(LAB.queries.diff(id, step, OptionalLong.empty()));
            answers.add(LAB.queries.diff(id, steps - 1, OptionalLong.of(step)));
            answers.add(LAB.queries.changes(id, address & -4096, "", 0, 20));
        }
        // A page of the fixmap and one of the text: changed often, and at the switch of the roots.
        answers.add(LAB.queries.changes(id, 0x40_0000, "", 0, 1000));
        answers.add(LAB.queries.changes(id, 0x20_0000, "", 0, 1000));
        answers.add(LAB.queries.compare(new MapQuestion(id, steps / 2, 0, ""), new MapQuestion(id, -1, 0, "")));
        return answers;
    }

    @Test
    void everyAnswerEqualsThatOfTheWholeTrace() throws Exception {
        for (String image : List.of("4.17-arm64", "4.14-armhf")) {
            long id = LAB.deliver(TraceLab.attempt(image), realBoot(image, 2));
            long steps = LAB.catalogue.trace("traces/" + id).getStepCount();
            assertThat(LAB.number("select track_chunk_id from trace where trace_id = " + id))
                    .isPositive();
            List<Message> fromTrack = answers(id, steps);
            LAB.execute("update trace set track_chunk_id = null where trace_id = " + id);
            assertThat(fromTrack).as("seed %d", SEED).isEqualTo(answers(id, steps));
        }
    }

    @Test
    void aShortTraceHasNoSummariesAndTheSameMilestones() {
        byte[] file = Scenario.booted().record().file();
        long events = LAB.catalogue
                .trace("traces/" + LAB.deliver(TraceLab.attempt("counted"), file))
                .getEventCount();
        TraceLab exact = new TraceLab(TraceLab.summarisingFrom(events));
        long replayed = exact.deliver(TraceLab.attempt("replayed"), file);
        TraceLab below = new TraceLab(TraceLab.summarisingFrom(events - 1));
        long summarised = below.deliver(TraceLab.attempt("summarised"), file);
        String chunks = "select count(milestones_chunk_id) + count(track_chunk_id) from trace where trace_id = ";
        assertThat(exact.number(chunks + replayed)).isZero();
        assertThat(below.number(chunks + summarised)).isEqualTo(2);
        assertThat(exact.queries.milestones(replayed))
                .isEqualTo(below.queries.milestones(summarised))
                .isNotEqualTo(ListMilestonesResponse.getDefaultInstance());
    }

    @Test
    void aTraceThatEndsInsideAStepIsAnsweredToItsEnd() {
        Scenario scenario = Scenario.booted().write(Scenario.L3 + 8 * 7, 0x5700_0000L | Scenario.PAGE);
        long id = LAB.deliver(TraceLab.attempt("open-end"), scenario.record().file());
        assertThat(LAB.queries.walk(id, -1, 0, "", 0x7000).getOutput()).isEqualTo(0x5700_0000L);
        var changes = LAB.queries.changes(id, 0x7000, "EL2", 0, 10);
        assertThat(changes.getChangesList().getLast().getStep().getBoundary()).isEqualTo("end of trace");
        LAB.execute("update trace set track_chunk_id = null where trace_id = " + id);
        assertThat(LAB.queries.changes(id, 0x7000, "EL2", 0, 10)).isEqualTo(changes);
    }
}
