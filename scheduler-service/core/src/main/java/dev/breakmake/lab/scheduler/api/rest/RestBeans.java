package dev.breakmake.lab.scheduler.api.rest;

import dev.breakmake.lab.scheduler.domain.Comparisons;
import dev.breakmake.lab.scheduler.domain.Images;
import dev.breakmake.lab.scheduler.domain.Jobs;
import dev.breakmake.lab.scheduler.domain.RunControl;
import dev.breakmake.lab.scheduler.domain.RunViews;
import dev.breakmake.lab.scheduler.domain.Runners;
import dev.breakmake.lab.scheduler.domain.Runs;
import dev.breakmake.lab.scheduler.domain.Schedules;
import dev.breakmake.lab.scheduler.webhook.Subscriptions;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** REST's parts as beans. */
@Singleton
final class RestBeans {

    @Produces
    @Singleton
    RouteTable routes(
            Jobs jobs,
            Runs runs,
            RunViews views,
            RunControl control,
            Comparisons comparisons,
            Images images,
            Runners runners,
            Schedules schedules,
            Subscriptions subscriptions) {
        return RouteTable.of(jobs, runs, views, control, comparisons, images, runners, schedules, subscriptions);
    }
}
