package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.provider.ValueSource;

/** Random programs on the engine and on QEMU, every register compared after every instruction. */
class RandomInstructionsTest {

    private static final int INSTRUCTIONS = Integer.getInteger("random.instructions", 4000);

    /** Eight programs of these are more than a million instructions: sequences count as one here. */
    private static final int NARROW_INSTRUCTIONS = Integer.getInteger("random.instructions", 110_000);

    private static final Pattern CULPRIT = Pattern.compile("instruction before: 0x([0-9a-f]+)");

    @TempDir
    Path scratch = Path.of("");

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 0x5eed})
    void randomProgramsRunAsOnQemu(final long seed) throws IOException, BadImageException {
        final byte[] image = RandomA64.image(seed, INSTRUCTIONS);
        compare(seed, image, CpuModel.CORTEX_A57, INSTRUCTIONS);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 0x5eed})
    void randomA32ProgramsRunAsOnQemu(final long seed) throws IOException, BadImageException {
        compare(seed, RandomA32.image(seed, NARROW_INSTRUCTIONS), CpuModel.CORTEX_A15, NARROW_INSTRUCTIONS * 5 / 4);
    }

    private void compare(final long seed, final byte[] image, final CpuModel cpu, final int steps)
            throws IOException, BadImageException {
        final BootSpecification specification =
                BootSpecification.of("random", image, Platform.virt(cpu, 1, 128 << 20, 2));
        final BootPlan plan = Lockstep.plan(specification, ImageReader.read("random", image, null));
        try {
            assertThat(Lockstep.compare(plan, specification, scratch, steps)).isEqualTo(steps);
        } catch (final AssertionError difference) {
            throw new AssertionError(
                    "seed %d, %s: %s".formatted(seed, culprit(plan, image, difference), difference.getMessage()),
                    difference);
        }
    }

    /** All before it agreed, so the one instruction executed last is the mistake. */
    private static String culprit(final BootPlan plan, final byte[] image, final AssertionError difference) {
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
        assertThat(RandomA64.image(7, 500)).isEqualTo(RandomA64.image(7, 500)).isNotEqualTo(RandomA64.image(8, 500));
        assertThat(RandomA32.image(7, 500)).isEqualTo(RandomA32.image(7, 500)).isNotEqualTo(RandomA32.image(8, 500));
    }
}
