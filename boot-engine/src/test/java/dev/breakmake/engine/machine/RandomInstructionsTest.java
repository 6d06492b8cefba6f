package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.pe.PeIdentity;
import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.engine.platform.Platform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Random programs on the engine and on QEMU, every register compared after every instruction. */
class RandomInstructionsTest {

    /** Twelve A64 programs of these, and eight A32 ones, are more than a million instructions each: sequences count as one here. */
    private static final int INSTRUCTIONS = Integer.getInteger("random.instructions", 75_000);

    private static final int NARROW_INSTRUCTIONS = Integer.getInteger("random.instructions", 110_000);

    private static final Pattern CULPRIT = Pattern.compile("instruction before: 0x([0-9a-f]+)");

    @TempDir
    Path scratch = Path.of("");

    @ParameterizedTest(name = "seed {0}, {1}")
    @CsvSource({
        "1, EL2",
        "2, EL2",
        "3, EL2",
        "24301, EL2",
        "1, EL1",
        "2, EL1",
        "3, EL1",
        "1, EL0",
        "2, EL0",
        "1, ATOMICS",
        "2, ATOMICS",
        "3, ATOMICS",
    })
    void randomProgramsRunAsOnQemu(final long seed, final RandomA64.Flavour flavour)
            throws IOException, BadImageException {
        final byte[] image = RandomA64.image(seed, INSTRUCTIONS, flavour);
        final BootSpecification specification = specification(image, CpuModel.CORTEX_A57);
        final BootPlan plan = plan(specification);
        final PeIdentity model = PeIdentity.cortexA57(false);
        compare(
                seed,
                new Machine(plan, specification, null, flavour.atomics() ? model.withAtomics() : model),
                flavour.atomics() ? "neoverse-n1" : "cortex-a57",
                INSTRUCTIONS * 6 / 5);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 0x5eed})
    void randomA32ProgramsRunAsOnQemu(final long seed) throws IOException, BadImageException {
        final BootSpecification specification =
                specification(RandomA32.image(seed, NARROW_INSTRUCTIONS), CpuModel.CORTEX_A15);
        compare(seed, new Machine(plan(specification), specification, null), "cortex-a15", NARROW_INSTRUCTIONS * 5 / 4);
    }

    private static BootSpecification specification(final byte[] image, final CpuModel cpu) {
        return BootSpecification.of("random", image, Platform.virt(cpu, 1, 128 << 20, 2));
    }

    private static BootPlan plan(final BootSpecification specification) throws BadImageException {
        return Lockstep.plan(specification, ImageReader.read("random", specification.image(), null));
    }

    private void compare(final long seed, final Machine machine, final String cpu, final int steps) throws IOException {
        try {
            assertThat(Lockstep.compare(machine, cpu, scratch, steps)).isEqualTo(steps);
        } catch (final AssertionError difference) {
            throw new AssertionError(
                    "seed %d, %s: %s".formatted(seed, culprit(machine.plan(), difference), difference.getMessage()),
                    difference);
        }
    }

    /** All before it agreed, so the one instruction executed last is the mistake. */
    private static String culprit(final BootPlan plan, final AssertionError difference) {
        final byte[] image = plan.image().bytes();
        final Matcher matcher = CULPRIT.matcher(String.valueOf(difference.getMessage()));
        if (!matcher.find()) {
            return "no instruction named";
        }
        final long offset = Long.parseUnsignedLong(matcher.group(1), 16) - plan.imageAddress();
        if (offset < 0 || offset + 4 > image.length) {
            return "outside the image";
        }
        final int word = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getInt((int) offset);
        return "opcode 0x%08x".formatted(word);
    }

    @Test
    void theSameSeedGivesTheSameProgram() {
        assertThat(RandomA64.image(7, 500, RandomA64.Flavour.EL1))
                .isEqualTo(RandomA64.image(7, 500, RandomA64.Flavour.EL1))
                .isNotEqualTo(RandomA64.image(8, 500, RandomA64.Flavour.EL1));
        assertThat(RandomA32.image(7, 500)).isEqualTo(RandomA32.image(7, 500)).isNotEqualTo(RandomA32.image(8, 500));
    }
}
