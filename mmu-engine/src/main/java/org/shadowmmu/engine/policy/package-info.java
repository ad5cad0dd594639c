/**
 * The policy runtime of one virtual machine: which policy takes which decision, and the guard around every call into one.
 *
 * <p>Knows the SPI and the JDK only. The engine calls {@link org.shadowmmu.engine.policy.PolicyRuntime} and nothing else
 * here; where policies come from is the concern of {@code org.shadowmmu.engine.host}.
 */
@NullMarked
package org.shadowmmu.engine.policy;

import org.jspecify.annotations.NullMarked;
