package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.Architecture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A file that is no program behind a header that is right: every boot of it ends with an outcome, never with an error of the engine. */
class RandomBytesTest {

    private static final int IMAGES = Integer.getInteger("random.images", 1500);
    private static final int BYTES = 16 << 10;
    private static final Limits SHORT = new Limits(100_000, 1_000_000_000L);

    /** Handlers that step over what faulted, so that a boot meets many instructions instead of one. */
    private enum Handlers {
        NONE,
        SKIP
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void randomBytesAsCodeEndWithAnOutcome(final Architecture architecture) {
        final Map<OutcomeKind, Integer> seen = new EnumMap<>(OutcomeKind.class);
        for (long seed = 1; seed <= IMAGES; seed++) {
            final Handlers handlers = Handlers.values()[(int) (seed & 1)];
            final BootResult result = boot(architecture, seed, handlers);
            assertThat(result.message()).as("seed %d", seed).isNotBlank();
            if (result.kind() == OutcomeKind.UNIMPLEMENTED) {
                assertThat(result.message())
                        .as("seed %d names what is missing", seed)
                        .containsPattern("0x[0-9a-f]+|mode|T32");
            }
            seen.merge(result.kind(), 1, Integer::sum);
        }
        assertThat(seen)
                .as("outcomes of %d images", IMAGES)
                .containsKeys(OutcomeKind.UNIMPLEMENTED, OutcomeKind.EXCEPTION_LOOP)
                .doesNotContainKeys(OutcomeKind.BAD_IMAGE, OutcomeKind.REACHED);
    }

    private static BootResult boot(final Architecture architecture, final long seed, final Handlers handlers) {
        final byte[] image = architecture == Architecture.AARCH64 ? wide(seed, handlers) : narrow(seed, handlers);
        final CpuModel cpu = CpuModel.of(architecture);
        try {
            return Boot.run(
                    BootSpecification.of("random", image, Platform.virt(cpu, 2, 16 << 20, 2))
                            .withLimits(SHORT)
                            .withUntil(new Until.PowerOff()),
                    event -> {});
        } catch (final RuntimeException | Error e) {
            throw new AssertionError(
                    "seed %d, %s, %s: the engine failed: %s".formatted(seed, architecture, handlers, e), e);
        }
    }

    private static byte[] noise(final long seed) {
        final byte[] image = new byte[BYTES];
        new SplittableRandom(seed).nextBytes(image);
        return image;
    }

    private static byte[] wide(final long seed, final Handlers handlers) {
        final byte[] bytes = noise(seed);
        final ByteBuffer image = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        final int start = handlers == Handlers.SKIP ? 0x1000 : 64;
        image.putInt(0, 0x1400_0000 | start / 4)
                .putLong(8, 0)
                .putLong(16, BYTES)
                .putLong(24, 0xa);
        image.putInt(56, 0x644d_5241);
        if (handlers == Handlers.SKIP) {
            for (int vector = 0x800; vector < 0x1000; vector += 0x80) {
                // mrs x9, elr_el2; add x9, x9, #4; msr elr_el2, x9; eret
                image.putInt(vector, 0xd53c_4029).putInt(vector + 4, 0x9100_1129);
                image.putInt(vector + 8, 0xd51c_4029).putInt(vector + 12, 0xd69f_03e0);
            }
            // adr x9, vectors; msr vbar_el2, x9
            image.putInt(start, 0x10ff_c009).putInt(start + 4, 0xd51c_c009);
        }
        return bytes;
    }

    private static byte[] narrow(final long seed, final Handlers handlers) {
        final byte[] bytes = noise(seed);
        final ByteBuffer image = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        final int start = handlers == Handlers.SKIP ? 0x1000 : 64;
        image.putInt(0, 0xea00_0000 | start / 4 - 2);
        image.putInt(36, 0x016f_2818).putInt(40, 0).putInt(44, BYTES);
        if (handlers == Handlers.SKIP) {
            for (int vector = 0x800; vector < 0x820; vector += 4) {
                image.putInt(vector, 0xea00_0000 | 0x40 / 4 - (vector - 0x800) / 4 - 2);
            }
            // mrs r9, elr_hyp; add r9, r9, #4; msr elr_hyp, r9; eret
            image.putInt(0x840, 0xe10e_9300).putInt(0x844, 0xe289_9004);
            image.putInt(0x848, 0xe12e_f309).putInt(0x84c, 0xe160_006e);
            // sub r9, pc, #0x800 + 8; mcr p15, 4, r9, c12, c0, 0
            image.putInt(start, 0xe24f_9b02).putInt(start + 4, 0xe249_9008).putInt(start + 8, 0xee8c_9f10);
        }
        return bytes;
    }
}
