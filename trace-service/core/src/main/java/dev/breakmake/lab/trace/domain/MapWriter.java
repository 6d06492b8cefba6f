package dev.breakmake.lab.trace.domain;

import dev.breakmake.trace.v1.AddressMap;
import dev.breakmake.trace.v1.AddressRange;
import dev.breakmake.trace.v1.MapComparison;
import dev.breakmake.trace.v1.MappedRange;
import dev.breakmake.trace.v1.RangeChange;
import dev.breakmake.trace.v1.Walk;
import dev.breakmake.trace.v1.WalkLevel;
import dev.breakmake.translation.descriptor.Descriptor;
import dev.breakmake.translation.descriptor.MemoryType;
import dev.breakmake.translation.descriptor.Permissions;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.TranslationRoot;
import dev.breakmake.translation.walk.AddressSpaceMap;
import dev.breakmake.translation.walk.MapDifference;

/** Walks and maps of a moment in the words of the contract. */
final class MapWriter {

    private static final int LIMIT = 20_000;

    private MapWriter() {}

    /** The walk of an address with the registers of a PE. */
    static Walk walk(Moment moment, long step, int pe, String regimeName, long address) {
        Regime regime = moment.regime(pe, regimeName);
        RegimeConfiguration configuration = moment.configuration(pe, regime);
        TranslationRoot root = configuration.rootFor(address);
        dev.breakmake.translation.walk.Walk walk = moment.walker(pe, regime).walk(address);
        Walk.Builder result = Walk.newBuilder()
                .setVa(address)
                .setStep(step)
                .setPe(pe)
                .setRegime(regime.name())
                .setRoot(root == null ? 0 : root.base())
                .setEnabled(configuration.enabled());
        for (var level : walk.steps()) {
            result.addLevels(WalkLevel.newBuilder()
                    .setLevel(level.level())
                    .setDescriptorPa(level.descriptorPa())
                    .setValue(level.descriptor().word())
                    .setText(level.descriptor().text()));
        }
        if (walk.translation() != null) {
            return result.setOutput(walk.output())
                    .setResult(walk.translation().text())
                    .build();
        }
        return result.setFault(true)
                .setResult(walk.fault() == null ? "" : walk.fault().text())
                .build();
    }

    /** The map of a regime with the registers of a PE. */
    static AddressMap map(Moment moment, long step, int pe, String regimeName) {
        Regime regime = moment.regime(pe, regimeName);
        RegimeConfiguration configuration = moment.configuration(pe, regime);
        AddressSpaceMap map = AddressSpaceMap.of(configuration, moment.memory());
        AddressMap.Builder result = AddressMap.newBuilder()
                .setStep(step)
                .setRegime(regime.name())
                .setRoot(
                        configuration.roots().isEmpty()
                                ? 0
                                : configuration.roots().getFirst().base())
                .setEnabled(configuration.enabled())
                .setTruncated(!map.complete() || map.ranges().size() > LIMIT);
        map.ranges().stream().limit(LIMIT).forEach(range -> result.addRanges(range(range)));
        return result.build();
    }

    /** What differs from {@code base} to {@code target}. */
    static MapComparison compare(AddressSpaceMap base, AddressSpaceMap target) {
        MapDifference difference = base.differenceTo(target);
        MapComparison.Builder result = MapComparison.newBuilder()
                .setTruncated(!difference.complete() || difference.differences().size() > LIMIT);
        difference.differences().stream().limit(LIMIT).forEach(one -> {
            RangeChange.Builder change = RangeChange.newBuilder()
                    .setRange(AddressRange.newBuilder()
                            .setStart(one.input().start())
                            .setEnd(one.input().end()));
            if (one.before() != null) {
                change.setBefore(range(one.before()));
            }
            if (one.after() != null) {
                change.setAfter(range(one.after()));
            }
            result.addChanges(change);
        });
        return result.build();
    }

    private static MappedRange range(dev.breakmake.translation.walk.MappedRange range) {
        String attributes = Permissions.name(range.permissions()) + " " + MemoryType.name(range.memoryType()) + " "
                + Descriptor.shareabilityName(range.shareability()) + (range.notGlobal() ? " nG" : "");
        return MappedRange.newBuilder()
                .setRange(AddressRange.newBuilder().setStart(range.start()).setEnd(range.last() + 1))
                .setOutput(range.output())
                .setAttributes(attributes)
                .setWritable(Permissions.writable(range.permissions()))
                .setExecutable(Permissions.executable(range.permissions()))
                .setIdentity(range.output() == range.start())
                .build();
    }
}
