package dev.breakmake.translation.walk;

import dev.breakmake.translation.descriptor.Descriptor;
import dev.breakmake.translation.descriptor.DescriptorFormat;
import dev.breakmake.translation.descriptor.Kind;
import dev.breakmake.translation.descriptor.MemoryType;
import dev.breakmake.translation.descriptor.Permissions;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.TranslationRoot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The translation table walk as the architecture describes it, without caches (Arm ARM D8.2, G5.5). It walks whatever the
 * configuration says, whether the regime is enabled or not: what to do with a disabled regime is the caller's question.
 */
public final class Walker {
    private final RegimeConfiguration configuration;
    private final @Nullable Walker stage2;
    private final MemoryView memory;
    private final DescriptorFormat[] formats;

    /** Walks one stage. */
    public Walker(RegimeConfiguration configuration, MemoryView memory) {
        this(configuration, null, memory);
    }

    /**
     * Walks stage 1 with every table address and the result translated by stage 2.
     *
     * @param stage2 stage 2 configuration, or null for none
     */
    public Walker(RegimeConfiguration configuration, @Nullable RegimeConfiguration stage2, MemoryView memory) {
        this.configuration = configuration;
        this.stage2 = stage2 == null ? null : new Walker(stage2, memory);
        this.memory = memory;
        this.formats = new DescriptorFormat[configuration.roots().size()];
        for (int i = 0; i < formats.length; i++) {
            formats[i] =
                    DescriptorFormat.of(configuration, configuration.roots().get(i));
        }
    }

    /** Walks an input address. */
    public Walk walk(long address) {
        List<Walk.Step> steps = new ArrayList<>(4);
        TranslationRoot root = configuration.rootFor(address);
        if (root == null) {
            return fault(address, steps, WalkFault.Kind.TRANSLATION_NO_ROOT, 0, address);
        }
        DescriptorFormat format = formats[configuration.roots().indexOf(root)];
        long input = root.canonical(address);
        if (root.base() >>> configuration.outputBits() != 0) {
            return fault(address, steps, WalkFault.Kind.ADDRESS_SIZE, root.startLevel(), root.base());
        }
        long table = root.base();
        long tableAttributes = 0;
        for (int level = root.startLevel(); ; level++) {
            int index = root.entryIndex(input, level);
            long location = table + 8L * index;
            if (stage2 != null) {
                Walk nested = stage2.walk(location);
                steps.addAll(nested.steps());
                if (nested.fault() != null) {
                    return new Walk(address, steps, null, nested.fault());
                }
                location = nested.output();
            }
            if (!memory.present(location)) {
                return fault(address, steps, WalkFault.Kind.EXTERNAL_ABORT, level, location);
            }
            long word = memory.read64(location);
            if (configuration.bigEndian()) {
                word = Long.reverseBytes(word);
            }
            int stage = configuration.regime().stage2() ? 2 : 1;
            steps.add(new Walk.Step(
                    stage, location - 8L * index, index, location, Descriptor.decode(format, level, word)));
            Kind kind = format.kind(word, level);
            if (!kind.valid()) {
                return fault(address, steps, WalkFault.Kind.TRANSLATION, level, address);
            }
            if (format.addressTooLarge(word)) {
                return fault(address, steps, WalkFault.Kind.ADDRESS_SIZE, level, format.address(word));
            }
            if (kind != Kind.TABLE) {
                return leaf(address, input, steps, format, level, word, tableAttributes);
            }
            if (!root.hierarchicalDisabled()) {
                tableAttributes |= format.tableAttributes(word);
            }
            table = format.address(word);
        }
    }

    private Walk leaf(
            long address,
            long input,
            List<Walk.Step> steps,
            DescriptorFormat format,
            int level,
            long word,
            long tableAttributes) {
        if (!format.accessFlag(word) && !configuration.hardwareAccessFlag()) {
            return fault(address, steps, WalkFault.Kind.ACCESS_FLAG, level, address);
        }
        Translation own = translation(configuration, format, input, level, word, tableAttributes);
        if (stage2 == null) {
            return new Walk(address, steps, own, null);
        }
        Walk second = stage2.walk(own.outputOf(input));
        steps.addAll(second.steps());
        if (second.translation() == null) {
            return new Walk(address, steps, null, second.fault());
        }
        return new Walk(address, steps, combine(own, second.translation(), input), null);
    }

    /** The effective translation of a leaf. */
    static Translation translation(
            RegimeConfiguration configuration,
            DescriptorFormat format,
            long input,
            int level,
            long word,
            long tableAttributes) {
        int permissions = format.restrict(format.permissions(word), tableAttributes);
        if (configuration.writeExecuteNever()) {
            permissions = Permissions.withWriteExecuteNever(permissions);
        }
        long span = format.span(level);
        return new Translation(
                input & -span,
                format.outputAddress(word, level),
                span,
                level,
                format.memoryType(word),
                format.shareability(word),
                permissions,
                format.notGlobal(word),
                format.contiguous(word),
                word);
    }

    /** Stage 1 and stage 2 as one translation of the smaller of both leaves (D8.6.5). */
    private static Translation combine(Translation first, Translation second, long input) {
        long size = Math.min(first.size(), second.size());
        int type = MemoryType.combine(first.memoryType(), second.memoryType());
        int shareability = MemoryType.outerShareableByType(type)
                ? 2
                : first.shareability() == 2 || second.shareability() == 2
                        ? 2
                        : Math.max(first.shareability(), second.shareability());
        long start = input & -size;
        return new Translation(
                start,
                second.outputOf(first.outputOf(start)),
                size,
                first.level(),
                type,
                shareability,
                first.permissions() & stage2Rights(first.permissions(), second.permissions()),
                first.notGlobal(),
                first.contiguous(),
                first.word());
    }

    /** Stage 2 data rights bind both privilege levels; execution rights stand in their own bits. */
    private static int stage2Rights(int stage1, int stage2) {
        int data = stage2 & (Permissions.READ | Permissions.WRITE);
        int execute = stage2 & (Permissions.EXECUTE | Permissions.USER_EXECUTE);
        return stage1 & (data | data << 3 | execute);
    }

    private Walk fault(long address, List<Walk.Step> steps, WalkFault.Kind kind, int level, long where) {
        int stage = configuration.regime().stage2() ? 2 : 1;
        return new Walk(address, steps, null, new WalkFault(kind, stage, level, where));
    }
}
