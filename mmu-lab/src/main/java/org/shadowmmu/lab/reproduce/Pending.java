package org.shadowmmu.lab.reproduce;

/** What a measurement will tell, or what somebody puts together of several; asked once, by who collects results. */
@FunctionalInterface
public interface Pending<T> {
    /** Waits for it. A measurement that failed throws here what it threw there. */
    T get();
}
