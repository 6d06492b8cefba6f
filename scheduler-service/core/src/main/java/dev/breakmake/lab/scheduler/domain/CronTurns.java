package dev.breakmake.lab.scheduler.domain;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/** Turns of a Unix cron expression in a time zone, summer time included. */
final class CronTurns {

    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private CronTurns() {}

    /** The first turn after {@code after}; null when there is none. Throws SCHEMA_INVALID for an expression or zone that is none. */
    static @Nullable Instant next(String cron, String zone, Instant after) {
        ExecutionTime times;
        try {
            times = ExecutionTime.forCron(PARSER.parse(cron));
        } catch (IllegalArgumentException e) {
            throw LabException.invalid(
                    "schedule.cron",
                    "'" + Names.abbreviate(cron) + "' is no cron expression of five fields: " + e.getMessage());
        }
        return times.nextExecution(ZonedDateTime.ofInstant(after, zone(zone)))
                .map(ZonedDateTime::toInstant)
                .orElse(null);
    }

    private static ZoneId zone(String zone) {
        try {
            return zone.isEmpty() ? ZoneOffset.UTC : ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw LabException.invalid(
                    "schedule.timeZone",
                    "'" + Names.abbreviate(zone) + "' is no time zone; write it like Europe/London");
        }
    }
}
