/**
 * The SPI for policies that decide how the KVM x86 MMU reclaims and zaps shadow pages.
 *
 * <p>A policy jar holds one or more {@link org.shadowmmu.api.PolicyProvider}s, named in
 * {@code META-INF/services/org.shadowmmu.api.PolicyProvider}. The engine creates one {@link
 * org.shadowmmu.api.MmuPolicy} per virtual machine, tells it what happens to shadow pages (the hooks of {@code
 * MmuPolicy}) and asks it up to four questions (the {@linkplain org.shadowmmu.api.Decision decisions}). One virtual
 * machine is one thread: a policy needs no locks.
 *
 * <p>Rule ids such as {@code ZAP-20} name rules of the behaviour specification that the engine implements.
 *
 * <p>Version 1.0 is a promise: see {@link org.shadowmmu.api.Status}, which every type carries, and {@link
 * org.shadowmmu.api.ApiVersion}, by which the host tells what a jar was built for.
 */
@NullMarked
package org.shadowmmu.api;

import org.jspecify.annotations.NullMarked;
