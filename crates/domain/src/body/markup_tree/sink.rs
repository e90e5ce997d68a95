//! The tree builder's side of the tree: how its steps change the nodes.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use html5ever::interface::{Attribute, ElementFlags, ExpandedName, NodeOrText, QualName, QuirksMode};
use html5ever::tendril::StrTendril;
use html5ever::tree_builder::TreeSink;

use super::super::allow_list;
use super::{Content, Handle, Node, no_name};

/// What the tree builder writes to.
pub(super) struct Dom {
    pub(super) root: Handle,
    /// Depth of the element that is open now, as far as the builder tells.
    pub(super) current_depth: Cell<usize>,
    pub(super) elements: Cell<usize>,
}

impl Dom {
    pub(super) fn new() -> Self {
        Self { current_depth: Cell::new(0), elements: Cell::new(0), root: Node::new(Content::Root, no_name(), Vec::new()) }
    }

    fn insert(&self, parent: &Handle, position: usize, child: NodeOrText<Handle>) {
        let mut siblings = parent.children.borrow_mut();
        let node = match child {
            NodeOrText::AppendNode(node) => {
                node.depth.set(parent.depth.get() + 1);
                let is_void = allow_list::VOID.contains(&node.element());
                self.current_depth.set(if is_void { parent.depth.get() } else { node.depth.get() });
                node
            }
            NodeOrText::AppendText(text) => {
                self.current_depth.set(parent.depth.get());
                let before = position.checked_sub(1).and_then(|before| siblings.get(before));
                if let Some(Content::Text(written)) = before.map(|node| &node.content) {
                    written.borrow_mut().push_str(&text);
                    return;
                }
                Node::text(&text)
            }
        };
        *node.parent.borrow_mut() = Rc::downgrade(parent);
        let position = position.min(siblings.len());
        siblings.insert(position, node);
    }

    fn parent_and_position(node: &Handle) -> Option<(Handle, usize)> {
        let parent = node.parent.borrow().upgrade()?;
        // Searched from the end, because the builder moves what it inserted last.
        let position = parent.children.borrow().iter().rposition(|child| Rc::ptr_eq(child, node))?;
        Some((parent, position))
    }
}

impl TreeSink for Dom {
    type Handle = Handle;
    type Output = ();
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) {}

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        self.root.clone()
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> Handle {
        self.elements.set(self.elements.get() + 1);
        let node = Node {
            content: Content::Element,
            name,
            attributes: RefCell::new(attributes),
            children: RefCell::default(),
            parent: RefCell::default(),
            depth: Cell::new(0),
            is_integration_point: flags.mathml_annotation_xml_integration_point,
        };
        Rc::new(node)
    }

    fn create_comment(&self, _text: StrTendril) -> Handle {
        Node::new(Content::Comment, no_name(), Vec::new())
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> Handle {
        Node::new(Content::Comment, no_name(), Vec::new())
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let end = parent.children.borrow().len();
        self.insert(parent, end, child);
    }

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        if let NodeOrText::AppendNode(node) = &child {
            self.remove_from_parent(node);
        }
        if let Some((parent, position)) = Self::parent_and_position(sibling) {
            self.insert(&parent, position, child);
        }
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        if element.parent.borrow().upgrade().is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _name: StrTendril, _public_id: StrTendril, _system_id: StrTendril) {}

    /// A template's content becomes its ordinary children; templates are removed whole.
    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, one: &Handle, other: &Handle) -> bool {
        Rc::ptr_eq(one, other)
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn add_attrs_if_missing(&self, _target: &Handle, _attributes: Vec<Attribute>) {}

    fn remove_from_parent(&self, target: &Handle) {
        if let Some((parent, position)) = Self::parent_and_position(target) {
            parent.children.borrow_mut().remove(position);
            *target.parent.borrow_mut() = Weak::new();
        }
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        for child in node.children.take() {
            *child.parent.borrow_mut() = Rc::downgrade(new_parent);
            child.depth.set(new_parent.depth.get() + 1);
            new_parent.children.borrow_mut().push(child);
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, node: &Handle) -> bool {
        node.is_integration_point
    }

    fn pop(&self, node: &Handle) {
        self.current_depth.set(node.depth.get().saturating_sub(1));
    }

    fn allow_declarative_shadow_roots(&self, _parent: &Handle) -> bool {
        false
    }
}
