package dev.breakmake.lab.scheduler.config;

import dev.breakmake.lab.scheduler.domain.Comparisons;
import dev.breakmake.lab.scheduler.domain.Images;
import dev.breakmake.lab.scheduler.domain.Jobs;
import dev.breakmake.lab.scheduler.domain.LabGauges;
import dev.breakmake.lab.scheduler.domain.Leases;
import dev.breakmake.lab.scheduler.domain.LogTails;
import dev.breakmake.lab.scheduler.domain.RunControl;
import dev.breakmake.lab.scheduler.domain.RunViews;
import dev.breakmake.lab.scheduler.domain.RunWatches;
import dev.breakmake.lab.scheduler.domain.Runners;
import dev.breakmake.lab.scheduler.domain.Runs;
import dev.breakmake.lab.scheduler.domain.Schedules;
import dev.breakmake.lab.scheduler.domain.Upkeep;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.LabClock;
import dev.breakmake.lab.scheduler.webhook.AllowList;
import dev.breakmake.lab.scheduler.webhook.Subscriptions;
import dev.breakmake.lab.scheduler.webhook.WebhookSender;
import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.agroal.DataSource;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/** The scheduler's parts as beans. */
@Singleton
public final class SchedulerBeans {

    @Produces
    @Singleton
    SchedulerParts parts(
            @DataSource("lab") AgroalDataSource source, SchedulerSettings settings, MeterRegistry registry) {
        return new SchedulerParts(
                source,
                LabClock.DATABASE,
                SchedulerParts.limits(settings),
                SchedulerParts.receiptKey(settings),
                registry,
                new SchedulerParts.Webhooks(
                        new AllowList(settings.webhook().origins().orElse(List.of())),
                        settings.webhook().timeout()));
    }

    @Produces
    @Singleton
    Tokens tokens(SchedulerSettings settings) {
        return new Tokens(settings.tokens());
    }

    @Produces
    @Singleton
    Database database(SchedulerParts parts) {
        return parts.database();
    }

    @Produces
    @Singleton
    Jobs jobs(SchedulerParts parts) {
        return parts.jobs();
    }

    @Produces
    @Singleton
    Runs runs(SchedulerParts parts) {
        return parts.runs();
    }

    @Produces
    @Singleton
    RunControl runControl(SchedulerParts parts) {
        return parts.runControl();
    }

    @Produces
    @Singleton
    RunViews runViews(SchedulerParts parts) {
        return parts.runViews();
    }

    @Produces
    @Singleton
    Comparisons comparisons(SchedulerParts parts) {
        return parts.comparisons();
    }

    @Produces
    @Singleton
    Images images(SchedulerParts parts) {
        return parts.images();
    }

    @Produces
    @Singleton
    Leases leases(SchedulerParts parts) {
        return parts.leases();
    }

    @Produces
    @Singleton
    Runners runners(SchedulerParts parts) {
        return parts.runners();
    }

    @Produces
    @Singleton
    Schedules schedules(SchedulerParts parts) {
        return parts.schedules();
    }

    @Produces
    @Singleton
    RunWatches watches(SchedulerParts parts) {
        return parts.watches();
    }

    @Produces
    @Singleton
    LogTails logTails(SchedulerParts parts) {
        return parts.logTails();
    }

    @Produces
    @Singleton
    LabGauges gauges(SchedulerParts parts) {
        return parts.gauges();
    }

    @Produces
    @Singleton
    Subscriptions subscriptions(SchedulerParts parts) {
        return parts.subscriptions();
    }

    @Produces
    @Singleton
    WebhookSender webhookSender(SchedulerParts parts) {
        return parts.webhookSender();
    }

    @Produces
    @Singleton
    Upkeep upkeep(SchedulerParts parts) {
        return parts.upkeep();
    }
}
