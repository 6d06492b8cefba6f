package dev.breakmake.translation.finding;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.rule.RuleId;
import dev.breakmake.translation.rule.Severity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One place where page-table management breaks a rule; occurrences of the same fingerprint at the same instruction are counted in
 * one finding, which describes the first of them.
 *
 * @param rule the rule broken
 * @param severity how bad, after profile and grading
 * @param count occurrences
 * @param pes PEs concerned (that may hold the stale translation, or that broke the rule), ascending
 * @param step step of the first occurrence
 * @param pc instruction that broke the rule: the store, TLBI or register write, as its PE fetched it
 * @param symbol symbol of the instruction with offset, or null
 * @param source {@code file:line}, or null
 * @param regime regime by its Arm ARM name, with VMID or ASID where it has one; empty for cache rules
 * @param region symbolic name of where the first range lies: a declared region, a region of the header, a section of the image; null if
 *     none is known
 * @param vaRanges input addresses concerned (VAs; IPAs for stage 2), merged, ascending
 * @param oldValue what was there before, or what may still be held; null if the rule has none
 * @param newValue what replaced it, or null
 * @param message what is wrong, one sentence with values
 * @param why earlier events that made the state possible, oldest first
 * @param compliant the shortest sequence that would have been compliant
 * @param identity stable over runs and builds: rule, regime, level, symbolic region and writer symbol
 * @param evidence further numbers a rule gives, by name
 */
public record Finding(
        RuleId rule,
        Severity severity,
        long count,
        List<Integer> pes,
        long step,
        long pc,
        @Nullable String symbol,
        @Nullable String source,
        String regime,
        @Nullable String region,
        List<AddressRange> vaRanges,
        @Nullable DescriptorValue oldValue,
        @Nullable DescriptorValue newValue,
        String message,
        List<Evidence> why,
        List<String> compliant,
        Fingerprint identity,
        Map<String, String> evidence) {

    public Finding {
        pes = List.copyOf(pes);
        vaRanges = List.copyOf(vaRanges);
        why = List.copyOf(why);
        compliant = List.copyOf(compliant);
    }

    /** The identity as lower-case hex SHA-256. */
    public String fingerprint() {
        return identity.hex();
    }
}
