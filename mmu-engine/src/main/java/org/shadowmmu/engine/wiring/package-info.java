/** The one place in the engine that knows Guice: what an application injects. */
@NullMarked
package org.shadowmmu.engine.wiring;

import org.jspecify.annotations.NullMarked;
