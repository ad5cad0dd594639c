/** Trials: what an experiment expands to, and running them on the cores there are, with results that do not depend on that. */
@NullMarked
package org.shadowmmu.lab.trial;

import org.jspecify.annotations.NullMarked;
