//! Arenas with typed handles, and tables beside them.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// Where a `T` lies in its [`Arena`].
pub struct Handle<T> {
    index: u32,
    marker: PhantomData<fn() -> T>,
}

impl<T> Handle<T> {
    /// The position in the arena, from 0, in order of creation.
    pub fn index(self) -> usize {
        self.index as usize
    }

    fn new(index: usize) -> Self {
        let index = u32::try_from(index).expect("an arena holds fewer than 2^32 items");
        Self {
            index,
            marker: PhantomData,
        }
    }
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Handle<T> {}
impl<T> PartialEq for Handle<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}
impl<T> Eq for Handle<T> {}
impl<T> PartialOrd for Handle<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Handle<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.index.cmp(&other.index)
    }
}
impl<T> Hash for Handle<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}
impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.index)
    }
}

/// An append-only store of `T`s.
#[derive(Clone, Debug, PartialEq)]
pub struct Arena<T> {
    items: Vec<T>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

impl<T> Arena<T> {
    /// Adds an item and tells where it lies.
    pub fn append(&mut self, item: T) -> Handle<T> {
        let handle = Handle::new(self.items.len());
        self.items.push(item);
        handle
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether `handle` lies in this arena (handles of another arena of the same type cannot be told apart).
    pub fn contains(&self, handle: Handle<T>) -> bool {
        handle.index() < self.items.len()
    }

    /// All items with their handles, in order of creation.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Handle<T>, &T)> + ExactSizeIterator {
        self.items
            .iter()
            .enumerate()
            .map(|(index, item)| (Handle::new(index), item))
    }

    /// All handles, in order of creation.
    pub fn handles(&self) -> impl DoubleEndedIterator<Item = Handle<T>> + ExactSizeIterator + use<T> {
        (0..self.items.len()).map(Handle::new)
    }
}

impl<T> std::ops::Index<Handle<T>> for Arena<T> {
    type Output = T;
    fn index(&self, handle: Handle<T>) -> &T {
        &self.items[handle.index()]
    }
}
impl<T> std::ops::IndexMut<Handle<T>> for Arena<T> {
    fn index_mut(&mut self, handle: Handle<T>) -> &mut T {
        &mut self.items[handle.index()]
    }
}

/// One `V` for every `T` of an arena, kept beside it.
pub struct SideTable<T, V> {
    values: Vec<V>,
    marker: PhantomData<fn() -> T>,
}

impl<T, V: Clone> SideTable<T, V> {
    /// A table for `arena` with the same value everywhere.
    pub fn filled(arena: &Arena<T>, value: V) -> Self {
        Self {
            values: vec![value; arena.len()],
            marker: PhantomData,
        }
    }
}

impl<T, V> SideTable<T, V> {
    /// A table computed from each item.
    pub fn from_fn(arena: &Arena<T>, mut value: impl FnMut(Handle<T>, &T) -> V) -> Self {
        Self {
            values: arena.iter().map(|(handle, item)| value(handle, item)).collect(),
            marker: PhantomData,
        }
    }

    /// The values with the handles they belong to.
    pub fn iter(&self) -> impl Iterator<Item = (Handle<T>, &V)> {
        self.values
            .iter()
            .enumerate()
            .map(|(index, value)| (Handle::new(index), value))
    }
}

impl<T, V: Clone> Clone for SideTable<T, V> {
    fn clone(&self) -> Self {
        Self {
            values: self.values.clone(),
            marker: PhantomData,
        }
    }
}
impl<T, V: PartialEq> PartialEq for SideTable<T, V> {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}
impl<T, V: fmt::Debug> fmt::Debug for SideTable<T, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.values).finish()
    }
}
impl<T, V> Default for SideTable<T, V> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            marker: PhantomData,
        }
    }
}
impl<T, V> SideTable<T, V> {
    /// Adds the value of the item that was just appended to the arena.
    pub fn push(&mut self, value: V) {
        self.values.push(value);
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}
impl<T, V> std::ops::Index<Handle<T>> for SideTable<T, V> {
    type Output = V;
    fn index(&self, handle: Handle<T>) -> &V {
        &self.values[handle.index()]
    }
}
impl<T, V> std::ops::IndexMut<Handle<T>> for SideTable<T, V> {
    fn index_mut(&mut self, handle: Handle<T>) -> &mut V {
        &mut self.values[handle.index()]
    }
}
