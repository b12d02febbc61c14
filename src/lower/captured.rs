//! Variables of the region's scope that the functions it calls assign, by `nonlocal` and `global`.

use std::collections::HashSet;

use super::lowerer::Program;
use super::scope::{Bound, Home, ScopeId};
use crate::python::walk::{self, NameUse, Use};

/// A use at each place where the region names such a function, for every variable that the function, or one that it names,
/// assigns.
pub(super) fn assigned_by_calls<'a>(program: &Program<'a>, scope: ScopeId, uses: &[NameUse<'a>]) -> Vec<NameUse<'a>> {
    let mut found = Vec::new();
    for this in uses.iter().filter(|this| matches!(this.how, Use::Read | Use::Captured)) {
        let mut names = Vec::new();
        assigned_by(program, scope, (scope, this.name), &mut HashSet::new(), &mut names);
        found.extend(names.into_iter().map(|name| NameUse {
            name,
            span: this.span,
            how: Use::Anything,
        }));
    }
    found
}

fn assigned_by<'a>(
    program: &Program<'a>,
    region: ScopeId,
    (from, name): (ScopeId, &str),
    seen: &mut HashSet<ScopeId>,
    found: &mut Vec<&'a str>,
) {
    let scopes = &program.scopes;
    let Home::Scope(home) = scopes.home(from, name) else {
        return;
    };
    for bound in scopes.bindings(home, name) {
        let uses = match bound {
            Bound::Function(function, _) => {
                let Some(inside) = scopes.of_function(function).filter(|inside| seen.insert(*inside)) else {
                    continue;
                };
                let visible = |name: &&str| {
                    let home = scopes.home(inside, name);
                    home == scopes.home(region, name)
                        && (home == Home::Scope(region) || scopes.is_declared(region, name))
                };
                found.extend(scopes.assigned_outside(inside).filter(visible));
                walk::names_in(&function.body)
                    .into_iter()
                    .map(|this| (inside, this.name))
                    .collect()
            }
            Bound::Value(value) => walk::names_of(value)
                .into_iter()
                .map(|this| (home, this.name))
                .collect(),
            Bound::Parameter(_) | Bound::Module(_) | Bound::Member(..) | Bound::Other => Vec::new(),
        };
        for (from, name) in uses {
            if seen.len() < 64 {
                assigned_by(program, region, (from, name), seen, found);
            }
        }
    }
}
